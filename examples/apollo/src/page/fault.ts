import { CombinedGraphQLErrors } from "@apollo/client/errors";

const unreachable = "The server can’t be reached. Nothing has been lost: try again in a moment.";

/** What to tell a person. The server's messages are made for that; which codes there are is in docs/errors.md. */
export function faults(error: unknown): string[] {
  if (!CombinedGraphQLErrors.is(error)) {
    return [unreachable];
  }
  return error.errors.map(({ message, extensions }) => {
    const seconds = extensions?.["retryAfter"];
    return typeof seconds === "number" ? `${message}. Try again in ${wait(seconds)}.` : message;
  });
}

/** A time in words, such as "15 minutes" for 891 seconds. */
function wait(seconds: number): string {
  const [count, unit] = seconds > 60 ? [Math.ceil(seconds / 60), "minute"] : [Math.ceil(seconds), "second"];
  return new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(count);
}
