import { useApolloClient, useQuery } from "@apollo/client/react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { AccountHistory } from "../components/accounthistory";
import { AccountSessions } from "../components/accountsessions";
import { ErrorMessages } from "../components/errormessage";
import { Page } from "../components/page";
import { PermissionList } from "../components/permissionlist";
import { usePermissions } from "../components/permissions";
import { nameOf } from "../components/personname";
import { Loading } from "../components/reachabilitybanner";
import { useStepUpMutation } from "../components/stepupmutation";
import { SuspensionReason } from "../components/suspensionreason";
import { formatDate, formatTime, Time } from "../components/time";
import { AccountDocument, ReinstateDocument } from "../generated/operation";
import type { Account } from "../operation/type";
import { navigate } from "../router/location";
import { NameDialog, RemoveDialog, RolesDialog, SuspendDialog } from "./accountdialog";

type Open = "name" | "suspend" | "roles" | "remove" | null;

export function AccountPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error, loading } = useQuery(AccountDocument, { variables: { id }, fetchPolicy: "cache-and-network" });
  // After an error, such as the end of the session, the page keeps its data, and an open dialog keeps its text.
  const last = useRef<typeof data>(undefined);
  if (data?.node || (data && !error)) {
    last.current = data;
  }
  const node = last.current?.node;
  const account = node?.__typename === "User" ? (node as Account) : null;
  if (!account) {
    return (
      <Page title={t("accounts.account")}>
        <section className="card">
          <ErrorMessages error={error} />
          {loading ? <Loading /> : !error && <p className="dim">{t("accounts.notFound")}</p>}
          <p><Link href="/accounts">{t("accounts.back")}</Link></p>
        </section>
      </Page>
    );
  }
  return <AccountDetails account={account} />;
}

function AccountDetails({ account }: { account: Account }) {
  const { t, i18n } = useTranslation();
  const allowed = usePermissions();
  const client = useApolloClient();
  const [open, setOpen] = useState<Open>(null);
  const [status, setStatus] = useState("");
  const { mutate, error, busy } = useStepUpMutation();

  const close = (status = "") => {
    setOpen(null);
    setStatus(status);
  };
  async function reinstate() {
    setStatus((await mutate(ReinstateDocument, { id: account.id })) ? t("accounts.reinstatementDone") : "");
  }
  function removed() {
    client.cache.evict({ id: client.cache.identify(account) ?? "" });
    navigate("/accounts");
  }

  const actions = (
    <>
      {allowed["Mutation.updateUser"] && <button type="button" onClick={() => setOpen("name")}>{t("accounts.edit")}</button>}
      {allowed["Mutation.setUserRoles"] && allowed["Query.roles"] && <button type="button" onClick={() => setOpen("roles")}>{t("accounts.changeRoles")}</button>}
      {account.suspendedAt
        ? allowed["Mutation.reinstateUser"] && <button type="button" disabled={busy} onClick={() => void reinstate()}>{t("accounts.reinstate")}</button>
        : allowed["Mutation.suspendUser"] && <button type="button" className="danger" onClick={() => setOpen("suspend")}>{t("accounts.suspend")}</button>}
      {allowed["Mutation.deleteUser"] && <button type="button" className="danger" onClick={() => setOpen("remove")}>{t("accounts.remove")}</button>}
    </>
  );
  return (
    <Page title={nameOf(account)} intro={<Link href="/accounts">← {t("accounts.back")}</Link>} actions={actions}>
      <p role="status" className="said">{status}</p>
      <ErrorMessages error={error} />
      <section className="card">
        <h2>{t("profile.account")}</h2>
        <dl>
          <dt>{t("signIn.email")}</dt>
          <dd>
            {account.email}{" "}
            {account.emailConfirmed && <span className="tag good">{t("profile.confirmed")}</span>}
          </dd>
          <dt>{t("signIn.name")}</dt>
          <dd>{account.displayName || <span className="dim">{t("accounts.unnamed")}</span>}</dd>
          <dt>{t("accounts.state")}</dt>
          <dd>
            {account.suspendedAt
              ? <span className="tag bad">{t("accounts.suspendedSince", { when: formatTime(account.suspendedAt, i18n.language) })}</span>
              : !account.erasedAt && <span className="tag good">{t("accounts.active")}</span>}
            {account.erasedAt && <span className="tag bad">{t("accounts.erasedOn", { date: formatDate(account.erasedAt, i18n.language) })}</span>}
          </dd>
          {account.suspendedAt && allowed["Query.auditEvents"] && (
            <SuspensionReason key={account.suspendedAt} accountId={account.id} suspendedAt={account.suspendedAt} />
          )}
          <dt>{t("accounts.lastSignIn")}</dt>
          <dd>{account.lastSignInAt ? <Time of={account.lastSignInAt} /> : t("never")}</dd>
          <dt>{t("profile.since")}</dt>
          <dd><Time of={account.createdAt} only="date" /></dd>
          <dt>{t("profile.roles")}</dt>
          <dd>{account.roles?.map((role) => <span className="tag" key={role}>{role}</span>)}</dd>
          <dt>{t("profile.id")}</dt>
          <dd><code>{account.id}</code></dd>
        </dl>
      </section>
      <section className="card">
        <h2>{t("roles.permissions")}</h2>
        <PermissionList of={account.permissions ?? []} none={t("none")} />
      </section>
      <AccountSessions account={account} />
      {allowed["Query.auditEvents"] && <AccountHistory id={account.id} />}
      {open === "name" && <NameDialog account={account} onClose={close} />}
      {open === "suspend" && <SuspendDialog account={account} onClose={close} />}
      {open === "roles" && <RolesDialog account={account} onClose={close} />}
      {open === "remove" && <RemoveDialog account={account} onClose={() => setOpen(null)} onRemoved={removed} />}
    </Page>
  );
}
