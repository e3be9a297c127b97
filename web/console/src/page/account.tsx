import { useApolloClient, useQuery } from "@apollo/client/react";
import { useRef, useState } from "react";
import { AccountDocument, ReinstateDocument } from "../generated/operation";
import type { Account } from "../operation/type";
import { AccountSessions } from "../part/accountsessions";
import { useAct } from "../part/act";
import { Faults } from "../part/fault";
import { History } from "../part/history";
import { useMay } from "../part/may";
import { Page } from "../part/page";
import { Permissions } from "../part/permissions";
import { Loading } from "../part/reachbanner";
import { moment, Time } from "../part/time";
import { go, to } from "../router";
import { useWords } from "../words/language";
import { NameDialog, RemoveDialog, RolesDialog, SuspendDialog } from "./accountdialog";

type Open = "name" | "suspend" | "roles" | "remove" | null;

export function AccountPage({ id }: { id: string }) {
  const words = useWords();
  const { data, error, loading } = useQuery(AccountDocument, { variables: { id }, fetchPolicy: "cache-and-network" });
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
          {loading ? <Loading /> : !error && <p className="dim">{words.accounts.gone}</p>}
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

  const close = (said = "") => {
    setOpen(null);
    setSaid(said);
  };
  async function reinstate() {
    setSaid((await act(ReinstateDocument, { id: account.id })) ? words.accounts.reinstatedNow : "");
  }
  function removed() {
    client.cache.evict({ id: client.cache.identify(account) ?? "" });
    go("accounts");
  }

  const actions = (
    <>
      {may["Mutation.updateUser"] && <button onClick={() => setOpen("name")}>{words.accounts.edit}</button>}
      {may["Mutation.setUserRoles"] && may["Query.roles"] && <button onClick={() => setOpen("roles")}>{words.accounts.changeRoles}</button>}
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
            {account.emailConfirmed && <span className="tag good">{words.profile.confirmed}</span>}
          </dd>
          <dt>{words.signIn.name}</dt>
          <dd>{account.displayName || <span className="dim">{words.accounts.unnamed}</span>}</dd>
          <dt>{words.accounts.state}</dt>
          <dd>
            {account.suspendedAt
              ? <span className="tag bad">{words.accounts.suspendedSince(moment(account.suspendedAt, words.language))}</span>
              : <span className="tag good">{words.accounts.active}</span>}
          </dd>
          <dt>{words.accounts.lastSignIn}</dt>
          <dd>{account.lastSignInAt ? <Time of={account.lastSignInAt} /> : words.never}</dd>
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
      <AccountSessions account={account} />
      {may["Query.auditEvents"] && <History id={account.id} />}
      {open === "name" && <NameDialog account={account} who={who} onClose={close} />}
      {open === "suspend" && <SuspendDialog account={account} who={who} onClose={close} />}
      {open === "roles" && <RolesDialog account={account} who={who} onClose={close} />}
      {open === "remove" && <RemoveDialog account={account} who={who} onClose={() => setOpen(null)} onRemoved={removed} />}
    </Page>
  );
}
