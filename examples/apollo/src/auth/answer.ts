// What an answer says about the caller, whether it came as a GraphQL result or as a failure of HTTP.

import { ServerError } from "@apollo/client/errors";

type Fault = { readonly extensions?: { readonly [name: string]: unknown } | undefined };
type Answer = { readonly errors?: readonly Fault[] | undefined };

/**
 * - `stale`: the access token does not count any more; another one may.
 * - `ended`: the session is over. Nothing but signing in helps.
 * - `later`: not done, and nobody has been signed out: the same again after some time.
 * - `final`: whatever it is, it concerns the one who asked.
 */
export type Verdict =
  | { kind: "stale" }
  | { kind: "ended" }
  | { kind: "later"; after: number }
  | { kind: "final" };

const busy = new Set<unknown>(["SERVICE_UNAVAILABLE", "OVERLOADED", "RATE_LIMITED"]);

/** Milliseconds. Where the server does not say, for example because a proxy answered in its place. */
const UNSAID = 1000;

export function judge(answer: Answer): Verdict {
  for (const { extensions = {} } of answer.errors ?? []) {
    if (extensions["code"] === "UNAUTHENTICATED") {
      return { kind: extensions["reason"] === "SESSION_ENDED" ? "ended" : "stale" };
    }
    if (busy.has(extensions["code"])) {
      const seconds = extensions["retryAfter"];
      return { kind: "later", after: typeof seconds === "number" ? seconds * 1000 : UNSAID };
    }
  }
  return { kind: "final" };
}

/** A failure without a GraphQL result: of the network, or of a proxy before the server. */
export function judgeFailure(failure: unknown): Verdict {
  if (!ServerError.is(failure)) {
    return { kind: "later", after: UNSAID };
  }
  try {
    return judge(JSON.parse(failure.bodyText) as Answer);
  } catch {
    return failure.statusCode >= 502 ? { kind: "later", after: UNSAID } : { kind: "final" };
  }
}
