import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EndSessionsDocument, RevokeUserSessionDocument } from "../generated/operation";
import type { Account } from "../operation/type";
import { Dialog } from "./dialog";
import { ErrorMessages } from "./errormessage";
import { FormButtons } from "./formbuttons";
import { usePermissions } from "./permissions";
import { nameOf } from "./personname";
import { SessionList } from "./sessionlist";
import { useStepUpMutation } from "./stepupmutation";

/** Open sessions of an account, with buttons to end them. The result appears here, because a phone shows no other part of the page. */
export function AccountSessions({ account }: { account: Account }) {
  const { t } = useTranslation();
  const allowed = usePermissions();
  const { mutate, error, busy } = useStepUpMutation();
  const [status, setStatus] = useState("");
  const [confirming, setConfirming] = useState(false);
  // The cached list has an ended session until the next request.
  const sessions = (account.sessions?.edges ?? []).flatMap(({ node }) => (node && !node.endedAt ? node : []));
  const more = (account.sessions?.totalCount ?? 0) - (account.sessions?.edges.length ?? 0);

  async function endAll() {
    setConfirming(false);
    const done = await mutate(EndSessionsDocument, { id: account.id });
    setStatus(done?.revokeUserSessions ? t("sessions.ended", { count: done.revokeUserSessions.endedSessionIds.length }) : "");
  }
  async function end(session: string, deviceName: string) {
    setStatus((await mutate(RevokeUserSessionDocument, { id: session })) ? t("sessions.endedOne", { device: deviceName }) : "");
  }

  return (
    <section className="card">
      <h2>{t("sessions.title")}</h2>
      <p role="status" className="said">{status}</p>
      <ErrorMessages error={error} />
      <SessionList
        sessions={sessions}
        action={(each, name) =>
          allowed["Mutation.revokeUserSession"] ? (
            <button type="button" aria-label={t("accounts.endSessionOf", { device: name })} disabled={busy} onClick={() => void end(each.id, name)}>
              {t("accounts.endSession")}
            </button>
          ) : null
        }
      />
      {sessions.length === 0 && <p className="dim">{t("none")}</p>}
      {more > 0 && <p className="dim more">{t("sessions.more", { count: more })}</p>}
      {sessions.length > 0 && allowed["Mutation.revokeUserSessions"] && (
        <button type="button" className="danger" disabled={busy} onClick={() => setConfirming(true)}>{t("accounts.endSessions")}</button>
      )}
      {confirming && (
        <Dialog title={t("accounts.endSessionsTitle", { name: nameOf(account) })} onClose={() => setConfirming(false)}>
          <form onSubmit={(event) => { event.preventDefault(); void endAll(); }}>
            <p>{t("accounts.endSessionsEffect")}</p>
            <FormButtons busy={busy} submit={t("accounts.endSessions")} danger onCancel={() => setConfirming(false)} />
          </form>
        </Dialog>
      )}
    </section>
  );
}
