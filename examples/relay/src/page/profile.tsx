import { useTransition, type ReactNode } from "react";
import { graphql, useRefetchableFragment } from "react-relay";
import type { Result } from "relay-runtime";
import type { profileRefetchQuery } from "../__generated__/profileRefetchQuery.graphql";
import type { profile_user$key } from "../__generated__/profile_user.graphql";

/** An account, fetched again through `node`, as every object of this API can be. */
export function Profile({ user }: { user: profile_user$key }) {
  const [pending, start] = useTransition();
  const [data, refetch] = useRefetchableFragment<profileRefetchQuery, profile_user$key>(
    graphql`
      fragment profile_user on User @throwOnFieldError @refetchable(queryName: "profileRefetchQuery") {
        id
        displayName
        createdAt
        email @catch
        roles @catch
        suspendedAt @catch
      }
    `,
    user,
  );

  return (
    <section className="card" data-testid="profile">
      <h2>{data.displayName || "Account"}</h2>
      <dl>
        <dt>Email</dt><dd data-testid="email"><Field of={data.email} /></dd>
        <dt>Since</dt><dd>{new Date(data.createdAt).toLocaleDateString(undefined, { dateStyle: "long" })}</dd>
        <dt>Roles</dt><dd data-testid="roles"><Field of={data.roles} show={(roles) => roles.map((role) => <span className="tag" key={role}>{role}</span>)} /></dd>
        <dt>Suspended</dt><dd data-testid="suspended"><Field of={data.suspendedAt} /></dd>
      </dl>
      <button disabled={pending} onClick={() => start(() => void refetch({}, { fetchPolicy: "network-only" }))}>Reload</button>
    </section>
  );
}

/** A field with `@catch`: its value, or why there is none. What stands beside it is there all the same. */
function Field<T>({ of, show = String }: { of: Result<T | null | undefined, unknown>; show?: (value: T) => ReactNode }) {
  if (!of.ok) {
    const denied = (of.errors as readonly { extensions?: { code?: string } }[]).every(({ extensions }) => extensions?.code === "FORBIDDEN");
    return <em className="dim">{denied ? "not for this account" : "could not be loaded"}</em>;
  }
  return of.value === null || of.value === undefined ? "—" : show(of.value);
}
