import { useApolloClient } from "@apollo/client/react";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { session } from "../client";
import { LoginDocument, MeDocument, ReauthenticateDocument, RevokeDocument, SessionsDocument } from "../generated/operation";
import { Dialog } from "./dialog";
import { codeOf, ErrorMessages, isWrongPassword } from "./errormessage";
import { pendingStepNames } from "./pendingstep";
import { PresentPassword } from "./presentpassword";
import { replaceSession } from "./replacesession";

/**
 * Proves the identity of the signed-in person by password. The session continues under a new id. An impersonator may not prove the
 * identity of the account: a new sign-in replaces the session of the impersonation.
 */
export function PasswordDialog({ email, done }: { email: string; done: (confirmed: boolean) => void }) {
  const { t } = useTranslation();
  const client = useApolloClient();
  const [error, setError] = useState<unknown>(null);
  const [pending, setPending] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [sessionLeft, setSessionLeft] = useState(false);
  const closed = useRef(new AbortController());
  useEffect(() => {
    const closing = new AbortController();
    closed.current = closing;
    return () => closing.abort();
  }, []);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password"));
    setBusy(true);
    setError(null);
    setPending([]);
    const { signal } = closed.current;
    const { replaced, pending, error } = await replaceSession(ReauthenticateDocument, { password }, (data) => data.reauthenticate);
    if (signal.aborted) {
      return; // cancelled: the session continues all the same
    }
    if (codeOf(error) === "FORBIDDEN") {
      await signInAgain(password).catch(setError);
    } else if (replaced) {
      done(true);
    } else {
      setPending(pending);
      setError(error);
    }
    setBusy(false);
  }

  async function signInAgain(password: string) {
    const old = sessionOf(await session.token());
    if (!(await signIn(password))) {
      return;
    }
    const ended = old === null || (await revoke(old));
    await client.refetchQueries({ include: [MeDocument, SessionsDocument] });
    if (ended) {
      done(true);
    } else {
      setSessionLeft(true);
    }
  }

  const signIn = (password: string) =>
    session.signIn(async (signal) => {
      const { data, error } = await client.mutate({
        mutation: LoginDocument,
        variables: { input: { email, password, delivery: "COOKIE" } },
        context: { anonymous: true, fetchOptions: { signal: AbortSignal.any([signal, closed.current.signal]) } },
      });
      setPending(data?.login?.pending ?? []);
      setError(data?.login ? null : error);
      return data?.login;
    });

  /** Ends a session, and reports whether it has ended. NOT_FOUND is an ended session. */
  const revoke = (id: string) =>
    client.mutate({ mutation: RevokeDocument, variables: { id } }).then(
      ({ data, error }) => Boolean(data?.revokeSession) || codeOf(error) === "NOT_FOUND",
      () => false,
    );

  if (sessionLeft) {
    return (
      <Dialog title={t("stepUp.title")} onClose={() => done(true)}>
        <form onSubmit={(event) => { event.preventDefault(); done(true); }}>
          <p role="alert">{t("stepUp.left")}</p>
          <div className="buttons">
            <button type="submit" className="primary" autoFocus>{t("stepUp.confirm")}</button>
          </div>
        </form>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("stepUp.title")} onClose={() => done(false)}>
      <form onSubmit={submit}>
        <p>{t("stepUp.why")}</p>
        <PresentPassword email={email} label={t("signIn.password")} error={error} />
        <ErrorMessages error={isWrongPassword(error) ? null : error} />
        {pending.length > 0 && <p role="alert" className="faults">{t("stepUp.step", { steps: pendingStepNames(pending) })}</p>}
        <div className="buttons">
          <button type="button" onClick={() => done(false)}>{t("cancel")}</button>
          <button type="submit" className="primary" disabled={busy}>{t("stepUp.confirm")}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Returns the session of an access token, the claim `sid`. The list of sessions may have it on a later page. */
function sessionOf(token: string | null): string | null {
  const claims = token?.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/");
  return claims ? (JSON.parse(atob(claims)) as { sid: string }).sid : null;
}
