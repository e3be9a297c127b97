import type { Fetcher } from "@graphiql/toolkit";
import { type DocumentNode, getOperationAST } from "graphql";
import { fault, type Operation } from "./graphql";
import type { Session } from "./session";
import type { Subscriptions } from "./subscriptions";

type Options = { headers?: Record<string, string>; documentAST?: DocumentNode };

/** Returns the fetcher of GraphiQL. An Authorization header of the user has precedence over the token of the page. */
export function fetcherOf(session: Session, subscriptions: Subscriptions): Fetcher {
  const run = (operation: Operation, options?: Options) => {
    const resumed = subscriptions.resumed();
    if (resumed) {
      return resumed;
    }
    const headers = typed(options?.headers);
    if (headers === null) {
      return Promise.resolve(fault("Request not sent: a name or value under Headers is not a valid HTTP header."));
    }
    const chosen = options?.documentAST && getOperationAST(options.documentAST, operation.operationName);
    return chosen?.operation === "subscription"
      ? subscriptions.start((signal) => session.watch(operation, headers, signal))
      : session.run(operation, headers);
  };
  // GraphiQL's type wants errors as instances of GraphQLError; it only prints them.
  return run as Fetcher;
}

function typed(headers: Record<string, string> = {}): Headers | null {
  try {
    return new Headers(headers);
  } catch {
    return null;
  }
}
