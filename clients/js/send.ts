// Rules of docs/clients.md, "When to refresh", for one operation over HTTP.

import type { Verdict } from "./answer";
import { pause, type Session } from "./session";

/** Maximum number of attempts while the server is busy or unreachable. */
const MAX_ATTEMPTS = 6;
/** Minimum and maximum milliseconds between attempts. The minimum doubles with each attempt. */
const MIN_DELAY = 250;
const MAX_DELAY = 8_000;
/** Milliseconds between attempts after a failure of the network. */
const NETWORK_DELAY = 1_000;

export type Operation = {
  /** Whether the operation is sent without a token, such as a sign-in. */
  anonymous: boolean;
  /** Whether the operation may be executed twice: a query. */
  repeatable: boolean;
  /** Aborted when the caller no longer waits for the answer. */
  signal?: AbortSignal | undefined;
};

/**
 * Sends an operation by these rules:
 *
 * 1. The access token is valid. During an exchange the operation waits, and is then sent with the new token.
 * 2. After UNAUTHENTICATED the operation is sent once more with an exchanged token. SESSION_ENDED starts no exchange.
 * 3. After OVERLOADED, RATE_LIMITED and SERVICE_UNAVAILABLE the operation is sent again after `retryAfter`, up to MAX_DELAY.
 *    The session is unaffected, because the operation was not executed.
 * 4. After a failure of the network a query is sent again. A mutation is not, because it may have been executed.
 * 5. The operation belongs to the sign-in that it began with. After the end of that sign-in it is not sent again, and an operation
 *    that was never sent rejects with SignInOver. Otherwise a delayed sign-out would end the session of the next user.
 *
 * `attempt` sends the operation once with a token. It never rejects: a failure is a result with a verdict.
 */
export async function send<T>(
  session: Session,
  { anonymous, repeatable, signal }: Operation,
  attempt: (token: string | null) => Promise<{ result: T; verdict: Verdict }>,
): Promise<T> {
  const signals = [signal, anonymous ? undefined : await session.signInSignal()];
  const abandoned = AbortSignal.any(signals.filter((each) => each !== undefined));
  let last: { result: T } | null = null;
  for (let attempts = 1, exchanged = false; ; ) {
    const token = anonymous ? null : await session.token();
    if (abandoned.aborted) {
      if (last) {
        return last.result;
      }
      throw new SignInOver();
    }
    const { result, verdict } = await attempt(token);
    last = { result };
    if (verdict.kind === "stale" && token && !exchanged) {
      exchanged = true;
      await session.refused(token);
    } else if (verdict.kind === "ended" && token) {
      session.ended(token);
      return result;
    } else if (attempts < MAX_ATTEMPTS && isRetryable(verdict, repeatable)) {
      const after = verdict.kind === "retry" ? verdict.after : NETWORK_DELAY;
      await pause(Math.min(Math.max(after, MIN_DELAY * 2 ** attempts++), MAX_DELAY), abandoned);
    } else {
      return result;
    }
  }
}

function isRetryable(verdict: Verdict, repeatable: boolean): boolean {
  return verdict.kind === "retry" ? verdict.after <= MAX_DELAY : verdict.kind === "unknown" && repeatable;
}

/** SignInOver rejects an operation that was never sent, because its sign-in has ended or its caller has left. */
export class SignInOver extends Error {
  override readonly name = "SignInOver";
  constructor() {
    super("The sign-in of this operation has ended; the operation was not sent");
  }
}
