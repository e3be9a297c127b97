// A link of Apollo Client with the rules of send.ts, in front of the HttpLink. The importer provides @apollo/client and rxjs.

import { ApolloLink, Observable } from "@apollo/client";
import { ServerError } from "@apollo/client/errors";
import { OperationTypeNode } from "graphql";
import { EmptyError, firstValueFrom, fromEvent, takeUntil } from "rxjs";
import { judge, judgeText, type Verdict } from "./answer";
import { send } from "./send";
import type { Session } from "./session";

type Context = { anonymous?: boolean; token?: string; fetchOptions?: { signal?: AbortSignal } };
type Result = { value: ApolloLink.Result; failure?: never } | { failure: unknown; value?: never };

/**
 * Returns the link. `context: { anonymous: true }` sends an operation without a token, such as a sign-in, and
 * `context: { token }` with that token only, such as a change for `Session.replace`. The signal of
 * `context: { fetchOptions: { signal } }` ends an operation, also while it waits.
 */
export function authLink(session: Session): ApolloLink {
  return new ApolloLink(
    (operation, forward) =>
      new Observable((observer) => {
        const unsubscribed = new AbortController();
        const { token: given, anonymous = given !== undefined, fetchOptions } = operation.getContext() as Context;
        const signal = AbortSignal.any([unsubscribed.signal, fetchOptions?.signal].filter((each) => each !== undefined));
        const repeatable = operation.operationType === OperationTypeNode.QUERY;
        send(session, { anonymous, repeatable, signal }, (token) => attempt(operation, forward, given ?? token, signal)).then(
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
        return () => unsubscribed.abort();
      }),
  );
}

/** Sends an operation once. HTTP has one answer to a query or a mutation. An aborted signal ends the request. */
async function attempt(
  operation: ApolloLink.Operation,
  forward: ApolloLink.ForwardFunction,
  token: string | null,
  signal: AbortSignal,
): Promise<{ result: Result; verdict: Verdict }> {
  operation.setContext(({ headers }: { headers?: Record<string, string> }) => {
    const { Authorization: _, ...rest } = headers ?? {};
    return { headers: token ? { ...rest, Authorization: `Bearer ${token}` } : rest };
  });
  try {
    const value = await firstValueFrom(forward(operation).pipe(takeUntil(fromEvent(signal, "abort"))));
    return { result: { value }, verdict: judge(value) };
  } catch (failure) {
    const verdict = ServerError.is(failure) ? judgeText(failure.bodyText, failure.statusCode) : ({ kind: "unknown" } as const);
    return { result: { failure: failure instanceof EmptyError ? signal.reason : failure }, verdict };
  }
}
