// The rules of docs/clients.md, "When to refresh", as a link of the Apollo client.

import { ApolloLink, Observable } from "@apollo/client";
import { OperationTypeNode } from "graphql";
import { EmptyError, firstValueFrom, fromEvent, takeUntil } from "rxjs";
import { judge, judgeFailure, type Verdict } from "./answer";
import { pause, type Session } from "./session";

/** How often an operation is sent again to a server that is busy or out of reach, before the page hears of it. */
const TRIES = 6;
/** Milliseconds, doubled each time, where the server did not say how long. */
const LONGEST = 8_000;

type Result = { value: ApolloLink.Result; failure?: never } | { failure: unknown; value?: never };

/**
 * 1. An operation is sent with an access token that has not run out. While one is being exchanged it waits, and goes on
 *    with the new one.
 * 2. Refused as UNAUTHENTICATED, it is sent once more after an exchange, and not a third time. SESSION_ENDED is not worth
 *    an exchange.
 * 3. OVERLOADED, RATE_LIMITED and SERVICE_UNAVAILABLE have not been done: again after `retryAfter`, and nobody is signed out.
 * 4. When the network failed, a query is sent again. A mutation is not: it may have been done.
 *
 * With `context: { anonymous: true }` an operation goes without a token: signing in, registering.
 */
export function authLink(session: Session): ApolloLink {
  return new ApolloLink(
    (operation, forward) =>
      new Observable((observer) => {
        const given = new AbortController();
        send(session, operation, forward, given.signal).then(
          ({ value, failure }) => {
            if (value) {
              observer.next(value);
              observer.complete();
            } else {
              observer.error(failure);
            }
          },
          (failure: unknown) => observer.error(failure),
        );
        return () => given.abort();
      }),
  );
}

async function send(
  session: Session,
  operation: ApolloLink.Operation,
  forward: ApolloLink.ForwardFunction,
  signal: AbortSignal,
): Promise<Result> {
  const anonymous = operation.getContext()["anonymous"] === true;
  let renewed = false;
  for (let tries = 1; ; ) {
    const token = anonymous ? null : await session.token();
    operation.setContext(({ headers }: { headers?: Record<string, string> }) => {
      const { Authorization: _, ...rest } = headers ?? {};
      return { headers: token ? { ...rest, Authorization: `Bearer ${token}` } : rest };
    });
    const result = await attempt(operation, forward, signal);
    const verdict: Verdict = result.value ? judge(result.value) : judgeFailure(result.failure);
    if (signal.aborted) {
      return result;
    }
    if (verdict.kind === "stale" && token && !renewed) {
      renewed = true;
      await session.refused(token);
    } else if (verdict.kind === "ended" && token) {
      session.ended(token);
      return result;
    } else if (verdict.kind === "later" && tries < TRIES && (result.value || isQuery(operation))) {
      await pause(Math.min(Math.max(verdict.after, 250 * 2 ** tries++), Math.max(LONGEST, verdict.after)), signal);
    } else {
      return result;
    }
  }
}

/** HTTP answers a query or a mutation once. Who does not wait for it any more ends the request. */
async function attempt(
  operation: ApolloLink.Operation,
  forward: ApolloLink.ForwardFunction,
  signal: AbortSignal,
): Promise<Result> {
  try {
    return { value: await firstValueFrom(forward(operation).pipe(takeUntil(fromEvent(signal, "abort")))) };
  } catch (failure) {
    return { failure: failure instanceof EmptyError ? signal.reason : failure };
  }
}

function isQuery(operation: ApolloLink.Operation): boolean {
  return operation.operationType === OperationTypeNode.QUERY;
}
