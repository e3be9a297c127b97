// The rules of this folder as a link of Apollo Client: the HttpLink comes after it. The importer has @apollo/client and rxjs.

import { ApolloLink, Observable } from "@apollo/client";
import { ServerError } from "@apollo/client/errors";
import { OperationTypeNode } from "graphql";
import { EmptyError, firstValueFrom, fromEvent, takeUntil } from "rxjs";
import { judge, judgeText, type Verdict } from "./answer";
import { send } from "./send";
import type { Session } from "./session";

type Context = { anonymous?: boolean; fetchOptions?: { signal?: AbortSignal } };
type Result = { value: ApolloLink.Result; failure?: never } | { failure: unknown; value?: never };

/**
 * With `context: { anonymous: true }` an operation goes without a token: signing in, registering. With
 * `context: { fetchOptions: { signal } }` it is given up when the signal says so, also while it waits.
 */
export function authLink(session: Session): ApolloLink {
  return new ApolloLink(
    (operation, forward) =>
      new Observable((observer) => {
        const given = new AbortController();
        const { anonymous = false, fetchOptions } = operation.getContext() as Context;
        const signal = AbortSignal.any([given.signal, fetchOptions?.signal].filter((each) => each !== undefined));
        const repeatable = operation.operationType === OperationTypeNode.QUERY;
        send(session, { anonymous, repeatable, signal }, (token) => attempt(operation, forward, token, signal)).then(
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

/** HTTP answers a query or a mutation once. Who does not wait for it any more ends the request. */
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
    const verdict = ServerError.is(failure) ? judgeText(failure.bodyText, failure.statusCode) : ({ kind: "lost" } as const);
    return { result: { failure: failure instanceof EmptyError ? signal.reason : failure }, verdict };
  }
}
