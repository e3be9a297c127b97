import { CombinedGraphQLErrors } from "@apollo/client/errors";

const unreachable = "The server can’t be reached. Nothing has been lost: try again in a moment.";

/** What to tell a person. The server's messages are made for that; which codes there are is in docs/errors.md. */
export function faults(error: unknown): string[] {
  if (!CombinedGraphQLErrors.is(error)) {
    return [unreachable];
  }
  return error.errors.map(({ message, extensions }) => {
    const seconds = extensions?.["retryAfter"];
    return typeof seconds === "number" ? `${message}. Try again in ${seconds} s.` : message;
  });
}
