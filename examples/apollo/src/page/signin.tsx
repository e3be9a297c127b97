import { useMutation } from "@apollo/client/react";
import { useState, type SubmitEvent } from "react";
import { session } from "../client";
import { LOGIN, REGISTER, type Delivery, type Payload } from "../operation";
import { faults } from "./fault";

const anonymous = { context: { anonymous: true }, errorPolicy: "all" } as const;

export function SignIn({ notice }: { notice: string | null }) {
  const [registering, setRegistering] = useState(false);
  const [faulty, setFaulty] = useState<string[]>([]);
  const [login, one] = useMutation(LOGIN, anonymous);
  const [register, other] = useMutation(REGISTER, anonymous);
  const busy = one.loading || other.loading;

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    const delivery: Delivery = form.has("stay") ? "COOKIE" : "BODY";
    const input = { email: text("email").trim(), password: text("password"), delivery };
    setFaulty([]);
    let payload: Payload | null | undefined, error: unknown;
    try {
      const complete = await session.signIn(async (signal) => {
        const context = { ...anonymous.context, fetchOptions: { signal } };
        if (registering) {
          const variables = { input: { ...input, displayName: text("displayName").trim() || null } };
          const answer = await register({ variables, context });
          [payload, error] = [answer.data?.register, answer.error];
        } else {
          const answer = await login({ variables: { input }, context });
          [payload, error] = [answer.data?.login, answer.error];
        }
        return payload;
      });
      if (!complete) {
        setFaulty(payload ? [`One more step is needed, which this example does not have: ${payload.pending.join(", ")}`] : faults(error));
      }
    } catch (failure) {
      setFaulty(faults(failure));
    }
  }

  return (
    <main className="signin">
      <form className="card" onSubmit={submit}>
        <img className="mark" src="/icon.svg" alt="" width="40" height="40" />
        <h1>{registering ? "Create an account" : "Sign in"}</h1>
        {notice && <p className="notice" role="status">{notice}</p>}
        <label>
          Email
          <input name="email" type="email" autoComplete="username" required autoFocus />
        </label>
        {registering && (
          <label>
            Name <small>what others see; may be left out</small>
            <input name="displayName" autoComplete="name" maxLength={100} />
          </label>
        )}
        <label>
          Password
          <input name="password" type="password" autoComplete={registering ? "new-password" : "current-password"} required />
        </label>
        <label className="check">
          <input name="stay" type="checkbox" defaultChecked />
          <span>Stay signed in when the page is reloaded</span>
        </label>
        <div role="alert" className="faults">
          {faulty.map((fault) => <p key={fault}>{fault}</p>)}
        </div>
        <button className="primary" disabled={busy}>{busy ? "One moment…" : registering ? "Create account" : "Sign in"}</button>
        <button type="button" className="quiet" onClick={() => { setRegistering(!registering); setFaulty([]); }}>
          {registering ? "I have an account" : "Create an account"}
        </button>
      </form>
    </main>
  );
}
