import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { session } from "../client";
import { reasonOf } from "../components/errormessage";
import { MailCard } from "../components/mailcard";
import { usePasswordReset } from "../components/passwordreset";
import { NewPassword, ResetErrors } from "../components/resetfields";
import { useLinkToken } from "../router/linktoken";
import { REQUEST_PASSWORD_RESET } from "../router/mailpage";
import { ReplaceSignIn } from "./replacesignin";
import { RestoreAccount } from "./restore";
import { leaveToSignIn } from "./signin";

/** Page of the link that resets a password. It sends nothing until the person acts, because mail scanners run the scripts of a page. */
export function ResetPassword() {
  const { t } = useTranslation();
  const { kind } = useSyncExternalStore(session.subscribe, session.state);
  const token = useLinkToken();
  const [used, setUsed] = useState<string | null>(null);
  const { reset, error, pending, restoring, busy } = usePasswordReset();

  function submit(form: FormData) {
    if (token !== null) {
      setUsed(token);
      void reset({ token, newPassword: String(form.get("newPassword")) });
    }
  }

  if (restoring !== null) {
    return <RestoreAccount token={restoring} onLeave={leaveToSignIn} />;
  }
  const invalid = used === token && reasonOf(error) === "ONE_TIME_TOKEN_INVALID";
  if (token === null || invalid) {
    return (
      <MailCard title={t("reset.invalidTitle")}>
        <p role="alert">{invalid ? t("reason.ONE_TIME_TOKEN_INVALID") : t("reset.noToken")}</p>
        <Link className="button primary" href={REQUEST_PASSWORD_RESET}>{t("reset.another")}</Link>
        <Link className="link" href="/sign-in">{t("reset.toSignIn")}</Link>
      </MailCard>
    );
  }
  if (kind === "signedIn" && !busy) {
    return <ReplaceSignIn />;
  }
  return (
    <MailCard title={t("reset.title")} onSubmit={submit}>
      <p>{t("reset.effect")}</p>
      <NewPassword error={error} />
      <ResetErrors error={error} fields={["newPassword"]} pending={pending} />
      <button type="submit" className="primary" disabled={busy}>{t("reset.submit")}</button>
      <Link className="link" href="/sign-in">{t("reset.toSignIn")}</Link>
    </MailCard>
  );
}
