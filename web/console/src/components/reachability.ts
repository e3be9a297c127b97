import { ApolloLink, Observable } from "@apollo/client";
import { ServerError } from "@apollo/client/errors";
import { OperationTypeNode } from "graphql";
import { useSyncExternalStore } from "react";
import { judgeText } from "#client/answer";
import type { Outcome } from "#client/exchange";

/**
 * Reachability of the server over HTTP, by the requests of this page:
 *
 * - `reached`: the last request was answered.
 * - `slow`: a request has waited for its answer for SLOW milliseconds.
 * - `lost`: the last request failed in the network, or a proxy answered instead of the server.
 */
export type Reachability = "reached" | "slow" | "lost";

/** Milliseconds without an answer after which the server is slow. */
const SLOW = 2_000;
/** Milliseconds after which an unanswered query is given up. clients/js sends it again. */
const TIMEOUT = 10_000;

/** ReachabilityMonitor watches the requests of this page. */
export class ReachabilityMonitor {
  #reachability: Reachability = "reached";
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly current = () => this.#reachability;

  /** Link in front of the HttpLink: it sees each attempt. */
  readonly link = new ApolloLink(
    (operation, forward) =>
      new Observable((observer) => {
        const slow = setTimeout(() => this.#update("slow"), SLOW);
        const limit = setTimeout(() => {
          if (operation.operationType === OperationTypeNode.QUERY) {
            this.#update("lost");
            observer.error(new TypeError("The server did not answer in time"));
          }
        }, TIMEOUT);
        const stop = () => {
          clearTimeout(slow);
          clearTimeout(limit);
        };
        const subscription = forward(operation).subscribe({
          next: (value) => {
            stop();
            this.#update("reached");
            observer.next(value);
          },
          error: (failure: unknown) => {
            stop();
            this.#update(isAnswer(failure) ? "reached" : "lost");
            observer.error(failure);
          },
          complete: () => observer.complete(),
        });
        return () => {
          stop();
          subscription.unsubscribe();
        };
      }),
  );

  /** Watches an exchange of the refresh token, which does not pass the link. */
  async exchange(signal: AbortSignal, exchanged: Promise<Outcome>): Promise<Outcome> {
    const slow = setTimeout(() => this.#update("slow"), SLOW);
    const outcome = await exchanged;
    clearTimeout(slow);
    if (!signal.aborted) {
      this.#update(outcome.kind === "retry" && outcome.after === null ? "lost" : "reached");
    }
    return outcome;
  }

  #update(reachability: Reachability) {
    if (reachability !== this.#reachability) {
      this.#reachability = reachability;
      for (const listener of this.#listeners) {
        listener();
      }
    }
  }
}

export const useReachability = (monitor: ReachabilityMonitor): Reachability => useSyncExternalStore(monitor.subscribe, monitor.current);

/** Reports whether the server answered, rather than a proxy or nothing. */
function isAnswer(failure: unknown): boolean {
  return ServerError.is(failure) && judgeText(failure.bodyText, failure.statusCode).kind !== "unknown";
}
