import { useMutation } from "@apollo/client/react";
import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { session } from "../client";
import { reasonOf } from "../components/errormessage";
import { Field } from "../components/field";
import { MailCard } from "../components/mailcard";
import { usePasswordReset } from "../components/passwordreset";
import { NewPassword, ResetErrors } from "../components/resetfields";
import { RequestPasswordResetDocument } from "../generated/operation";
import { ReplaceSignIn } from "./replacesignin";
import { RestoreAccount } from "./restore";
import { leaveToSignIn } from "./signin";

/** Request is an answered request for a mail. Its id is in memory only. */
type Request = { id: string; email: string };

/** Page that asks for the mail of a forgotten password, and then for the code of the mail. */
export function RequestPasswordReset() {
  const { kind } = useSyncExternalStore(session.subscribe, session.state);
  const [request, setRequest] = useState<Request | null>(null);
  const passwordReset = usePasswordReset();
  if (passwordReset.restoring !== null) {
    return <RestoreAccount token={passwordReset.restoring} onLeave={leaveToSignIn} />;
  }
  if (kind === "signedIn" && !passwordReset.busy) {
    return <ReplaceSignIn />;
  }
  function again() {
    passwordReset.clear();
    setRequest(null);
  }
  return request ? <EnterCode request={request} passwordReset={passwordReset} onAgain={again} /> : <EnterAddress onRequest={setRequest} />;
}

function EnterAddress({ onRequest }: { onRequest: (request: Request) => void }) {
  const { t, i18n } = useTranslation();
  const [request, { loading }] = useMutation(RequestPasswordResetDocument, { context: { anonymous: true } });
  const [error, setError] = useState<unknown>(null);

  async function submit(form: FormData) {
    const email = String(form.get("email")).trim();
    setError(null);
    const { data, error } = await request({ variables: { email, locale: i18n.language } }).catch((error: unknown) => ({ data: null, error }));
    setError(error);
    if (data?.requestPasswordReset?.requestId) {
      onRequest({ id: data.requestPasswordReset.requestId, email });
    }
  }

  return (
    <MailCard title={t("reset.requestTitle")} onSubmit={(form) => void submit(form)}>
      <p>{t("reset.requestIntro")}</p>
      <Field label={t("signIn.email")} error={error} field="email">
        {(described) => (
          <input {...described} name="email" inputMode="email" autoComplete="username" autoCapitalize="off" spellCheck={false} required />
        )}
      </Field>
      <ResetErrors error={error} fields={["email"]} />
      <button type="submit" className="primary" disabled={loading}>{t("reset.request")}</button>
      <Link className="link" href="/sign-in">{t("reset.toSignIn")}</Link>
    </MailCard>
  );
}

function EnterCode({ request, passwordReset: { reset, error, pending, busy }, onAgain }: {
  request: Request;
  passwordReset: ReturnType<typeof usePasswordReset>;
  onAgain: () => void;
}) {
  const { t } = useTranslation();
  const wrong = reasonOf(error) === "ONE_TIME_TOKEN_INVALID";

  function submit(form: FormData) {
    const code = String(form.get("code")).replaceAll(/\s/g, "");
    void reset({ requestId: request.id, code, newPassword: String(form.get("newPassword")) });
  }

  return (
    <MailCard title={t("reset.sentTitle")} onSubmit={submit}>
      <p role="status">{t("reset.sent")}</p>
      <p>{t("reset.codeOrLink")}</p>
      <input name="username" autoComplete="username" value={request.email} readOnly hidden />
      <Field label={t("reset.code")} hint={t("reset.codeHint")} error={error} field="code" fault={wrong ? t("reset.codeInvalid") : null}>
        {(described) => <input {...described} name="code" className="code" inputMode="numeric" autoComplete="one-time-code" required />}
      </Field>
      <NewPassword error={error} />
      <ResetErrors error={wrong ? null : error} fields={["code", "newPassword"]} pending={pending} />
      <button type="submit" className="primary" disabled={busy}>{t("reset.submit")}</button>
      <button type="button" className="quiet" disabled={busy} onClick={onAgain}>{t("reset.another")}</button>
      <Link className="link" href="/sign-in">{t("reset.toSignIn")}</Link>
    </MailCard>
  );
}
