import { useApolloClient, useQuery } from "@apollo/client/react";
import { useRef, useState } from "react";
import { ACCOUNT_BY_ID, END_SESSIONS, REINSTATE, type Account } from "../operation/user";
import { useAct } from "../part/act";
import { Faults } from "../part/fault";
import { useMay } from "../part/may";
import { Page } from "../part/page";
import { Permissions } from "../part/permissions";
import { SessionList } from "../part/sessionlist";
import { moment, Time } from "../part/time";
import { go, to } from "../router";
import { useWords } from "../words/language";
import { RemoveDialog, RolesDialog, SuspendDialog } from "./accountdialog";

type Open = "suspend" | "roles" | "remove" | null;

export function AccountPage({ id }: { id: string }) {
  const words = useWords();
  const { data, error, loading } = useQuery(ACCOUNT_BY_ID, { variables: { id }, fetchPolicy: "cache-and-network" });
  // A refusal, for example because the session has ended, leaves what was there, and an open dialog with what was typed.
  const last = useRef<typeof data>(undefined);
  if (data?.node || (data && !error)) {
    last.current = data;
  }
  const node = last.current?.node;
  const account = node?.__typename === "User" ? (node as Account) : null;
  if (!account) {
    return (
      <Page title={words.accounts.account}>
        <section className="card">
          <Faults error={error} />
          <p className="dim">{loading ? words.loading : words.accounts.gone}</p>
          <p><a href={to("accounts")}>{words.accounts.back}</a></p>
        </section>
      </Page>
    );
  }
  return <Known account={account} />;
}

function Known({ account }: { account: Account }) {
  const words = useWords();
  const may = useMay();
  const client = useApolloClient();
  const [open, setOpen] = useState<Open>(null);
  const [said, setSaid] = useState("");
  const { act, error, busy } = useAct();
  const who = account.displayName || account.email || account.id;
  const sessions = (account.sessions?.edges ?? []).flatMap(({ node }) => node ?? []);

  const close = (said = "") => {
    setOpen(null);
    setSaid(said);
  };
  async function reinstate() {
    setSaid((await act(REINSTATE, { id: account.id })) ? words.accounts.reinstatedNow : "");
  }
  async function endSessions() {
    const done = await act(END_SESSIONS, { id: account.id });
    setSaid(done?.revokeUserSessions ? words.sessions.ended(done.revokeUserSessions.endedSessionIds.length) : "");
  }
  function removed() {
    client.cache.evict({ id: client.cache.identify(account) ?? "" });
    go("accounts");
  }

  const actions = (
    <>
      {may["Mutation.setUserRoles"] && may["Query.roles"] && <button onClick={() => setOpen("roles")}>{words.accounts.roles}</button>}
      {account.suspendedAt
        ? may["Mutation.reinstateUser"] && <button disabled={busy} onClick={() => void reinstate()}>{words.accounts.reinstate}</button>
        : may["Mutation.suspendUser"] && <button className="danger" onClick={() => setOpen("suspend")}>{words.accounts.suspend}</button>}
      {may["Mutation.deleteUser"] && <button className="danger" onClick={() => setOpen("remove")}>{words.accounts.remove}</button>}
    </>
  );
  return (
    <Page title={who} intro={<a href={to("accounts")}>← {words.accounts.back}</a>} actions={actions}>
      <p role="status" className="said">{said}</p>
      <Faults error={error} />
      <section className="card">
        <h2>{words.profile.account}</h2>
        <dl>
          <dt>{words.signIn.email}</dt>
          <dd>
            {account.email}{" "}
            <span className={account.emailConfirmed ? "tag good" : "tag"}>{account.emailConfirmed ? words.profile.confirmed : words.profile.unconfirmed}</span>
          </dd>
          <dt>{words.accounts.state}</dt>
          <dd>
            {account.suspendedAt
              ? <span className="tag bad">{words.accounts.suspendedSince(moment(account.suspendedAt, words.language))}</span>
              : <span className="tag good">{words.accounts.active}</span>}
          </dd>
          <dt>{words.profile.since}</dt>
          <dd><Time of={account.createdAt} only="date" /></dd>
          <dt>{words.profile.roles}</dt>
          <dd>{account.roles?.map((role) => <span className="tag" key={role}>{role}</span>)}</dd>
          <dt>{words.profile.id}</dt>
          <dd><code>{account.id}</code></dd>
        </dl>
      </section>
      <section className="card">
        <h2>{words.roles.permissions}</h2>
        <Permissions of={account.permissions ?? []} none={words.none} />
      </section>
      <section className="card">
        <h2>{words.sessions.title}</h2>
        <SessionList sessions={sessions} />
        {sessions.length === 0 && <p className="dim">{words.none}</p>}
        {sessions.length > 0 && may["Mutation.revokeUserSessions"] && (
          <button className="danger" disabled={busy} onClick={() => void endSessions()}>{words.accounts.endSessions}</button>
        )}
      </section>
      {open === "suspend" && <SuspendDialog account={account} who={who} onClose={close} />}
      {open === "roles" && <RolesDialog account={account} who={who} onClose={close} />}
      {open === "remove" && <RemoveDialog account={account} who={who} onClose={() => setOpen(null)} onRemoved={removed} />}
    </Page>
  );
}
