import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EndSessionsDocument, RevokeUserSessionDocument } from "../generated/operation";
import type { Account } from "../operation/type";
import { ErrorMessages } from "./errormessage";
import { usePermissions } from "./permissions";
import { SessionList } from "./sessionlist";
import { useStepUpMutation } from "./stepupmutation";

/** Open sessions of an account, with ways to end them. The result is shown next to the sessions: a phone shows no more at once. */
export function AccountSessions({ account }: { account: Account }) {
  const { t } = useTranslation();
  const allowed = usePermissions();
  const { mutate, error, busy } = useStepUpMutation();
  const [status, setStatus] = useState("");
  // A session that was just ended stays in the cache's list until it is read again.
  const sessions = (account.sessions?.edges ?? []).flatMap(({ node }) => (node && !node.endedAt ? node : []));
  const more = (account.sessions?.totalCount ?? 0) - (account.sessions?.edges.length ?? 0);

  async function endAll() {
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
        <button type="button" className="danger" disabled={busy} onClick={() => void endAll()}>{t("accounts.endSessions")}</button>
      )}
    </section>
  );
}
