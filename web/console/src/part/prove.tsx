import { useApolloClient } from "@apollo/client/react";
import { isComplete } from "#examples/auth-client/exchange";
import { createContext, useContext, useRef, useState, type ReactNode, type SubmitEvent } from "react";
import { reconnect, session } from "../client";
import { ME } from "../operation/me";
import { LOGIN, REVOKE, SESSIONS } from "../operation/session";
import { useWords } from "../words/language";
import { Dialog } from "./dialog";
import { Faults } from "./fault";

const Prove = createContext<() => Promise<boolean>>(async () => false);

/** Asks the person for their password. False when they would rather not. */
export const useProve = () => useContext(Prove);

export function ProveProvider({ email, children }: { email: string | null; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const answer = useRef<(proved: boolean) => void>(null);

  const prove = () =>
    new Promise<boolean>((resolve) => {
      answer.current = resolve;
      setOpen(true);
    });
  const done = (proved: boolean) => {
    setOpen(false);
    answer.current?.(proved);
    answer.current = null;
  };

  return (
    <Prove value={prove}>
      {children}
      {open && email && <Password email={email} done={done} />}
    </Prove>
  );
}

/** A sign-in of the same person, whose session takes the place of the one until now. */
function Password({ email, done }: { email: string; done: (proved: boolean) => void }) {
  const words = useWords();
  const client = useApolloClient();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password"));
    setBusy(true);
    setError(null);
    try {
      const before = await client.query({ query: SESSIONS, fetchPolicy: "network-only" });
      const old = before.data?.me?.sessions?.edges.find(({ node }) => node?.current)?.node?.id;
      const sent = Date.now();
      const { data, error } = await client.mutate({
        mutation: LOGIN,
        variables: { input: { email, password, delivery: "COOKIE" } },
        context: { anonymous: true },
      });
      const tokens = data?.login as Parameters<typeof isComplete>[0];
      if (!isComplete(tokens)) {
        setError(error);
        return;
      }
      await session.signIn(tokens, sent);
      reconnect();
      if (old) {
        await client.mutate({ mutation: REVOKE, variables: { id: old } });
      }
      await client.refetchQueries({ include: [ME, SESSIONS] });
      done(true);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog title={words.prove.title} onClose={() => done(false)}>
      <form onSubmit={submit}>
        <p>{words.prove.why}</p>
        <input name="username" type="email" autoComplete="username" value={email} readOnly hidden />
        <label>
          {words.signIn.password}
          <input name="password" type="password" autoComplete="current-password" required autoFocus />
        </label>
        <Faults error={error} />
        <div className="buttons">
          <button type="button" onClick={() => done(false)}>{words.cancel}</button>
          <button className="primary" disabled={busy}>{words.prove.confirm}</button>
        </div>
      </form>
    </Dialog>
  );
}
