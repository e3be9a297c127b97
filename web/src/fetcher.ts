import type { Fetcher } from "@graphiql/toolkit";
import { fault, type Answer, type Operation } from "./graphql";
import type { Session } from "./session";

/** What GraphiQL runs operations with. An Authorization header typed by hand wins over the page's own. */
export function fetcherOf(session: Session): Fetcher {
  const run = async (operation: Operation, options?: { headers?: Record<string, string> }): Promise<Answer> => {
    const headers = typed(options?.headers);
    if (headers === null) {
      return fault("Request not sent: a name or value under Headers is not a valid HTTP header.");
    }
    return session.run(operation, headers);
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
