import { type SubmitEvent, useState } from "react";
import { durationOf } from "../console/src/i18n/duration";
import type { Answer, Fault } from "./graphql";
import type { Session } from "./session";

type Intent = "login" | "register";

const mutation: Record<Intent, string> = {
  login: `mutation Login($input: LoginInput!) { login(input: $input) { accessToken refreshToken expiresIn pending } }`,
  register: `mutation Register($input: RegisterInput!) { register(input: $input) { accessToken refreshToken expiresIn pending } }`,
};

/** Compact form behind "Sign in". It sends the operation that a user would write in the editor. */
export function SignInForm({ session, done }: { session: Session; done: () => void }) {
  const [faults, setFaults] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const intent = (event.nativeEvent.submitter as HTMLButtonElement).value as Intent;
    const { email, password } = Object.fromEntries(new FormData(event.currentTarget));
    setFaults([]);
    setBusy(true);
    const answer = await session.run({ query: mutation[intent], variables: { input: { email, password } } }, new Headers());
    setBusy(false);
    if (session.state().signedIn) {
      done();
    } else {
      setFaults(faultsOf(answer, intent));
    }
  }

  return (
    <form className="signin" id="signin" aria-label="Sign in" onSubmit={submit} noValidate>
      <label>
        Email
        <input name="email" type="email" autoComplete="username" autoFocus spellCheck={false} />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" />
      </label>
      <div className="signin-faults" role="alert" aria-live="assertive">
        {faults.map((fault) => (
          <p key={fault}>{fault}</p>
        ))}
      </div>
      <div className="signin-buttons">
        <button type="submit" value="login" className="primary" disabled={busy}>
          Sign in
        </button>
        <button type="submit" value="register" disabled={busy}>
          Register
        </button>
      </div>
    </form>
  );
}

function sentence({ message, extensions }: Fault): string {
  const seconds = extensions?.retryAfter;
  return seconds === undefined ? message : `${message}. Try again in ${durationOf(seconds, "en")}.`;
}

// An answer without a token and without an error has a pending step, such as CONFIRM_EMAIL.
function faultsOf(answer: Answer, intent: Intent): string[] {
  if (answer.errors?.length) {
    return [...new Set(answer.errors.map(sentence))];
  }
  const payload = answer.data?.[intent] as { pending?: string[] } | null | undefined;
  const steps = (payload?.pending ?? []).map((step) => step.toLowerCase().replaceAll("_", " "));
  return [`Not signed in yet. What is still to do: ${steps.join(", ") || "unknown"}.`];
}
