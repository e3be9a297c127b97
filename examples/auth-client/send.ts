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
  signal?: AbortSignal;
};

/**
 * 1. An operation is sent with an access token that has not run out. While one is being exchanged it waits, and goes on
 *    with the new one.
 * 2. Refused as UNAUTHENTICATED, it is sent once more after an exchange, and not a third time. SESSION_ENDED is not worth
 *    an exchange.
 * 3. OVERLOADED, RATE_LIMITED and SERVICE_UNAVAILABLE have not been done: again after `retryAfter`, and nobody is signed out.
 * 4. When the network failed, a query is sent again. A mutation is not: it may have been done.
 *
 * `attempt` sends it once, with this token, and never rejects: a failure is a result with a verdict, too.
 */
export async function send<T>(
  session: Session,
  { anonymous, repeatable, signal }: Operation,
  attempt: (token: string | null) => Promise<{ result: T; verdict: Verdict }>,
): Promise<T> {
  let renewed = false;
  for (let tries = 1; ; ) {
    const token = anonymous ? null : await session.token();
    const { result, verdict } = await attempt(token);
    if (signal?.aborted) {
      return result;
    }
    if (verdict.kind === "stale" && token && !renewed) {
      renewed = true;
      await session.refused(token);
    } else if (verdict.kind === "ended" && token) {
      session.ended(token);
      return result;
    } else if (tries < TRIES && (verdict.kind === "later" || (verdict.kind === "lost" && repeatable))) {
      const after = verdict.kind === "later" ? verdict.after : LOST;
      await pause(Math.min(Math.max(after, SOON * 2 ** tries++), Math.max(LONGEST, after)), signal);
    } else {
      return result;
    }
  }
}
