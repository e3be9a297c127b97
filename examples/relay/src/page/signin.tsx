import { useState, type SubmitEvent } from "react";
import { commitMutation, graphql } from "react-relay";
import type { signinLoginMutation, signinLoginMutation$data } from "../__generated__/signinLoginMutation.graphql";
import { createEnvironment, session } from "../environment";
import { anonymous, Refused } from "../network";

/** Nobody's store: tokens are not kept in the store of an account, nor for longer than the form is there. */
const visitors = () => createEnvironment(() => {}).environment;

export function SignIn({ notice }: { notice: string | null }) {
  const [environment] = useState(visitors);
  const [busy, setBusy] = useState(false);
  const [faulty, setFaulty] = useState<string[]>([]);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    setFaulty([]);
    setBusy(true);
    const input = {
      email: text("email").trim(),
      password: text("password"),
      delivery: form.has("stay") ? "COOKIE" : "BODY",
    } as const;
    try {
      let pending: readonly string[] = [];
      const complete = await session.signIn(async (signal) => {
        const payload = await login(input, signal);
        pending = payload?.pending ?? [];
        return payload;
      });
      if (!complete) {
        setFaulty([`One more step is needed, which this example does not have: ${pending.join(", ")}`]);
      }
    } catch (failure) {
      const said = failure instanceof Refused ? failure.answer.errors?.map(({ message }) => message) : null;
      setFaulty(said ?? ["The server can’t be reached. Try again in a moment."]);
    } finally {
      setBusy(false);
    }
  }

  const login = (input: signinLoginMutation["variables"]["input"], signal: AbortSignal) =>
    new Promise<signinLoginMutation$data["login"]>((resolve, reject) => {
      const asked = commitMutation<signinLoginMutation>(environment, {
        mutation: graphql`
          mutation signinLoginMutation($input: LoginInput!) {
            login(input: $input) {
              accessToken
              refreshToken
              expiresIn
              user {
                id
              }
              pending
            }
          }
        `,
        variables: { input },
        cacheConfig: anonymous,
        onCompleted: ({ login }, errors) => (errors?.length ? reject(new Refused({ errors })) : resolve(login)),
        onError: reject,
      });
      signal.addEventListener("abort", () => {
        asked.dispose();
        reject(signal.reason);
      });
    });

  return (
    <main className="signin">
      <form className="card" onSubmit={submit}>
        <img className="mark" src="/icon.svg" alt="" width="40" height="40" />
        <h1>Sign in</h1>
        {notice && <p className="notice" role="status">{notice}</p>}
        <label>
          Email
          <input name="email" type="email" autoComplete="username" required autoFocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <label className="check">
          <input name="stay" type="checkbox" defaultChecked />
          <span>Stay signed in when the page is reloaded</span>
        </label>
        <div role="alert" className="faults">
          {faulty.map((fault) => <p key={fault}>{fault}</p>)}
        </div>
        <button className="primary" disabled={busy}>{busy ? "One moment…" : "Sign in"}</button>
      </form>
    </main>
  );
}
