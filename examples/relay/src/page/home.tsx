import { Suspense } from "react";
import { graphql, useLazyLoadQuery, useMutation } from "react-relay";
import { UNANSWERED_NOTICE } from "../../../../clients/js/session";
import { session } from "../environment";
import type { homeQuery } from "../__generated__/homeQuery.graphql";
import type { homeLogoutMutation } from "../__generated__/homeLogoutMutation.graphql";
import { Audit } from "./audit";
import { Boundary } from "./boundary";
import { Profile } from "./profile";
import { Sessions } from "./sessions";
import { Users } from "./users";

export const HOME = graphql`
  query homeQuery {
    me {
      ...profile_user
      ...sessions_user
    }
    ...users_query
    ...audit_query
  }
`;

/** `live`: whether its account is signed in. Otherwise the page only keeps what was typed. */
export function Home({ live, waiting }: { live: boolean; waiting: boolean }) {
  const [logout] = useMutation<homeLogoutMutation>(graphql`
    mutation homeLogoutMutation($scope: LogoutScope!) {
      logout(scope: $scope) {
        endedSessionIds
      }
    }
  `);

  const signOut = (scope: "CURRENT" | "ALL") =>
    session.signOut(
      (signal) =>
        new Promise((answered, failed) => {
          const asked = logout({ variables: { scope }, onCompleted: ({ logout }) => answered(logout !== null), onError: failed });
          signal.addEventListener("abort", () => asked.dispose());
        }),
      { done: scope === "ALL" ? "Signed out everywhere" : "Signed out", unanswered: UNANSWERED_NOTICE },
    );

  return (
    <>
      <header className="bar">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <strong>Accounts</strong>
        <span className="who" />
        <button onClick={() => void signOut("CURRENT")}>Sign out</button>
      </header>
      {waiting && <p className="banner" role="status">The server can’t be reached. Trying again…</p>}
      <Boundary title="Account">
        <Suspense fallback={<p className="banner" aria-busy="true">Loading…</p>}>
          <Parts live={live} onEverywhere={() => void signOut("ALL")} />
        </Suspense>
      </Boundary>
    </>
  );
}

/** One request for the whole page; each part says in a fragment what it needs, and what it makes of a denial. */
function Parts({ live, onEverywhere }: { live: boolean; onEverywhere: () => void }) {
  const data = useLazyLoadQuery<homeQuery>(HOME, {});
  return (
    <main className="home">
      {data.me && <Profile user={data.me} />}
      {data.me && <Sessions user={data.me} live={live} onEverywhere={onEverywhere} />}
      <Boundary title="Accounts">
        <Users query={data} />
      </Boundary>
      <Boundary title="Audit log">
        <Audit query={data} live={live} />
      </Boundary>
    </main>
  );
}
