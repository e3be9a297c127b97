import { useMutation, useQuery } from "@apollo/client/react";
import { ENDED_NOTICE, REUSED_NOTICE } from "#client/session";
import { useEffect, useState, type SubmitEvent } from "react";
import { session } from "../client";
import { LoginDocument, OptionsDocument, RegisterDocument } from "../generated/operation";
import { Faults } from "../part/fault";
import { Field } from "../part/field";
import { LanguageSwitch } from "../part/languageswitch";
import { ReachBanner } from "../part/reachbanner";
import { steps } from "../part/steps";
import type { Words } from "../words/en";
import { useWords } from "../words/language";

const anonymous = { context: { anonymous: true } };

export function SignIn({ notice }: { notice: string | null }) {
  const words = useWords();
  const { data: options } = useQuery(OptionsDocument, anonymous);
  const [registering, setRegistering] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [pending, setPending] = useState<string[]>([]);
  const [login, one] = useMutation(LoginDocument, anonymous);
  const [register, other] = useMutation(RegisterDocument, anonymous);
  const busy = one.loading || other.loading;
  const title = registering ? words.signIn.register : words.signIn.title;
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
  }, [title, words]);

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
        setPending(payload?.pending ?? []);
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
  }

  return (
    <div className="door">
      <div>
        <ReachBanner />
        <LanguageSwitch />
      </div>
      <main>
        <form className="card" onSubmit={submit}>
          <img src="./icon.svg" alt="" width="44" height="44" />
          <h1>{title}</h1>
          <p className="notice" role="status" hidden={!notice}>{notice && said(notice, words)}</p>
          <Field label={words.signIn.email} error={error} field="input.email">
            {(described) => (
              // The server says what an address is, and says it more precisely than a browser.
              <input {...described} name="email" inputMode="email" autoComplete="username" autoCapitalize="off" spellCheck={false} required autoFocus />
            )}
          </Field>
          {registering && (
            <Field label={words.signIn.name} hint={words.signIn.nameHint} error={error} field="input.displayName">
              {(described) => <input {...described} name="displayName" autoComplete="name" />}
            </Field>
          )}
          <Field
            label={words.signIn.password}
            hint={registering && options ? words.signIn.atLeast(options.authOptions.passwordMinLength) : undefined}
            error={error}
            field="input.password"
          >
            {(described) => (
              <input {...described} name="password" type="password" autoComplete={registering ? "new-password" : "current-password"} required />
            )}
          </Field>
          <Faults error={error} fields={["input.email", "input.password", ...(registering ? ["input.displayName"] : [])]} />
          {pending.length > 0 && <p role="alert" className="faults">{words.signIn.step(steps(pending, words))}</p>}
          <button className="primary" disabled={busy}>{registering ? words.signIn.create : words.signIn.submit}</button>
          {options?.authOptions.registration && (
            <button type="button" className="quiet" onClick={() => { setRegistering(!registering); reset(); }}>
              {registering ? words.signIn.toLogin : words.signIn.toRegister}
            </button>
          )}
        </form>
      </main>
    </div>
  );
}

/** Tabs tell each other why a session ended by a name or, for what the link tells, by its sentence. */
function said(notice: string, words: Words): string {
  const keys: Record<string, keyof Words["notice"]> = { [ENDED_NOTICE]: "ended", [REUSED_NOTICE]: "reused" };
  return words.notice[keys[notice] ?? (notice as keyof Words["notice"])] ?? notice;
}
