// The rules of docs/clients.md, "When to refresh", for one operation over HTTP.

import type { Verdict } from "./answer";
import { pause, type Session } from "./session";

/** How often an operation is sent again to a server that is busy or out of reach, before the page hears of it. */
const TRIES = 6;
/** Milliseconds between tries, doubled each time where the server did not say how long: from and to. */
const SOON = 250;
const LONGEST = 8_000;
/** Milliseconds after a failure of the network. */
const LOST = 1_000;

export type Operation = {
  /** Whether it goes without a token: signing in, registering. */
  anonymous: boolean;
  /** Whether it may be sent again although it may have been done: a query. */
  repeatable: boolean;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal | undefined;
};

/**
 * 1. An operation is sent with an access token that has not run out. While one is being exchanged it waits, and goes on
 *    with the new one.
 * 2. Refused as UNAUTHENTICATED, it is sent once more after an exchange, and not a third time. SESSION_ENDED is not worth
 *    an exchange.
 * 3. OVERLOADED, RATE_LIMITED and SERVICE_UNAVAILABLE have not been done: again after `retryAfter`, and nobody is signed out.
 *    If that is long, the page hears of it, and the person tries again.
 * 4. When the network failed, a query is sent again. A mutation is not: it may have been done.
 * 5. It belongs to the sign-in that it began with, or to nobody. Once that is over, it is not sent again, and if it never was:
 *    SignInOver. A sign-out that waited for the network would otherwise end the session of whoever signed in meanwhile.
 *
 * `attempt` sends it once, with this token, and never rejects: a failure is a result with a verdict, too.
 */
export async function send<T>(
  session: Session,
  { anonymous, repeatable, signal }: Operation,
  attempt: (token: string | null) => Promise<{ result: T; verdict: Verdict }>,
): Promise<T> {
  const ends = [signal, anonymous ? undefined : await session.over()];
  const inVain = AbortSignal.any(ends.filter((each) => each !== undefined));
  let last: { result: T } | null = null;
  for (let tries = 1, renewed = false; ; ) {
    const token = anonymous ? null : await session.token();
    if (inVain.aborted) {
      if (last) {
        return last.result;
      }
      throw new SignInOver();
    }
    const { result, verdict } = await attempt(token);
    last = { result };
    if (verdict.kind === "stale" && token && !renewed) {
      renewed = true;
      await session.refused(token);
    } else if (verdict.kind === "ended" && token) {
      session.ended(token);
      return result;
    } else if (tries < TRIES && isWorthAnother(verdict, repeatable)) {
      const after = verdict.kind === "later" ? verdict.after : LOST;
      await pause(Math.min(Math.max(after, SOON * 2 ** tries++), LONGEST), inVain);
    } else {
      return result;
    }
  }
}

function isWorthAnother(verdict: Verdict, repeatable: boolean): boolean {
  return verdict.kind === "later" ? verdict.after <= LONGEST : verdict.kind === "lost" && repeatable;
}

/** Nothing was sent: nobody waits for it any more, or the sign-in that it belonged to is over. */
export class SignInOver extends Error {
  override readonly name = "SignInOver";
  constructor() {
    super("The sign-in that this belonged to is over; nothing was sent");
  }
}
