import { useMutation, useQuery } from "@apollo/client/react";
import { type SubmitEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { session } from "../client";
import { Door, ProductName } from "../components/door";
import { ErrorMessages } from "../components/errormessage";
import { Field } from "../components/field";
import { noticeText } from "../components/notice";
import { pendingStepNames } from "../components/pendingstep";
import { LoginDocument, OptionsDocument, RegisterDocument } from "../generated/operation";
import { navigate } from "../router/location";
import { REQUEST_PASSWORD_RESET } from "../router/mailpage";
import { RestoreAccount } from "./restore";

const anonymous = { context: { anonymous: true } };

/** Notice in the state of the location. */
const locationNotice = () => (history.state as { notice?: string } | null)?.notice ?? null;

/** Goes to the sign-in page, which shows the notice once. */
export const leaveToSignIn = (notice: string | null) => navigate("/sign-in", { replace: true, state: notice && { notice } });

export function SignIn({ notice }: { notice: string | null }) {
  const { t, i18n } = useTranslation();
  const { data: options } = useQuery(OptionsDocument, anonymous);
  const [registering, setRegistering] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [pending, setPending] = useState<string[]>([]);
  /** Token of a sign-in to an account whose deletion was requested. */
  const [restoring, setRestoring] = useState<string | null>(null);
  /** Notice of a sign-out from such an account, also on the page of a mail. */
  const [left, setLeft] = useState(locationNotice);
  const [login, one] = useMutation(LoginDocument, anonymous);
  const [register, other] = useMutation(RegisterDocument, anonymous);
  useEffect(() => {
    if (locationNotice()) {
      history.replaceState(null, ""); // a reload does not repeat the notice
    }
  }, []);
  const busy = one.loading || other.loading;
  const title = registering ? t("signIn.register") : t("signIn.title");
  useEffect(() => {
    if (restoring === null) {
      document.title = `${title} · ${t("product")}`;
    }
  }, [restoring, title, t]);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    const input = { email: text("email").trim(), password: text("password"), delivery: "COOKIE" as const };
    reset();
    try {
      await session.signIn(async (signal) => {
        const context = { ...anonymous.context, fetchOptions: { signal } };
        const { payload, error } = registering
          ? await register({ variables: { input: { ...input, displayName: text("displayName").trim() || null } }, context }).then(
              ({ data, error }) => ({ payload: data?.register, error }),
            )
          : await login({ variables: { input }, context }).then(({ data, error }) => ({ payload: data?.login, error }));
        if (payload?.pending[0] === "RESTORE_ACCOUNT" && payload.accessToken) {
          setRestoring(payload.accessToken);
        } else {
          setPending(payload?.pending ?? []);
        }
        setError(payload ? null : error);
        return payload;
      });
    } catch (failure) {
      setError(failure);
    }
  }

  function reset() {
    setError(null);
    setPending([]);
    setLeft(null);
  }

  if (restoring !== null) {
    return (
      <RestoreAccount
        token={restoring}
        onLeave={(notice) => {
          setRestoring(null);
          setLeft(notice);
        }}
      />
    );
  }
  const shown = left ?? notice;
  return (
    <Door>
      <form className="card" onSubmit={submit}>
        <ProductName />
        <h1>{title}</h1>
        <p className="notice" role="status" hidden={!shown}>{shown && noticeText(shown, t, i18n.language)}</p>
        <Field label={t("signIn.email")} error={error} field="input.email">
          {(described) => (
            // No type="email": the server checks addresses more precisely than a browser.
            <input {...described} name="email" inputMode="email" autoComplete="username" autoCapitalize="off" spellCheck={false} required autoFocus />
          )}
        </Field>
        {registering && (
          <Field label={t("signIn.name")} hint={t("signIn.nameHint")} error={error} field="input.displayName">
            {(described) => <input {...described} name="displayName" autoComplete="name" />}
          </Field>
        )}
        <Field
          label={t("signIn.password")}
          hint={registering && options ? t("signIn.atLeast", { characters: options.authOptions.passwordMinLength }) : undefined}
          error={error}
          field="input.password"
        >
          {(described) => (
            <input {...described} name="password" type="password" autoComplete={registering ? "new-password" : "current-password"} required />
          )}
        </Field>
        <ErrorMessages error={error} fields={["input.email", "input.password", ...(registering ? ["input.displayName"] : [])]} />
        {pending.length > 0 && <p role="alert" className="faults">{t("signIn.step", { steps: pendingStepNames(pending) })}</p>}
        <button type="submit" className="primary" disabled={busy}>{registering ? t("signIn.create") : t("signIn.submit")}</button>
        {!registering && <Link className="link" href={REQUEST_PASSWORD_RESET}>{t("signIn.forgot")}</Link>}
        {options?.authOptions.registration && (
          <button type="button" className="quiet" onClick={() => { setRegistering(!registering); reset(); }}>
            {registering ? t("signIn.toLogin") : t("signIn.toRegister")}
          </button>
        )}
      </form>
    </Door>
  );
}
