// The meaning of an answer for its caller, by the codes and reasons of docs/errors.md.

/** Answer is the part of a GraphQL response that has a verdict. Every client library has it under this name. */
export type Answer = {
  readonly errors?: readonly { readonly extensions?: { readonly [name: string]: unknown } | undefined }[] | undefined;
};

/**
 * Verdict on an attempt:
 *
 * - `stale`: the access token is invalid; a new one may be valid.
 * - `ended`: the session has ended. Only a new sign-in helps.
 * - `retry`: the operation was not executed, and the session is unaffected. It may be sent again after `after` milliseconds.
 * - `unknown`: the network failed, or a proxy answered instead of the server. The operation may have been executed.
 * - `final`: any other answer.
 */
export type Verdict =
  | { kind: "stale" }
  | { kind: "ended" }
  | { kind: "retry"; after: number }
  | { kind: "unknown" }
  | { kind: "final" };

const retryable = new Set<unknown>(["SERVICE_UNAVAILABLE", "OVERLOADED", "RATE_LIMITED"]);

/** Milliseconds before a retry if the server names no time. */
const DEFAULT_RETRY_AFTER = 1_000;

/** Returns the verdict on an answer of the server. */
export function judge(answer: Answer): Verdict {
  for (const { extensions = {} } of answer.errors ?? []) {
    if (extensions["code"] === "UNAUTHENTICATED") {
      return { kind: extensions["reason"] === "SESSION_ENDED" ? "ended" : "stale" };
    }
    if (retryable.has(extensions["code"])) {
      const seconds = extensions["retryAfter"];
      return { kind: "retry", after: typeof seconds === "number" ? seconds * 1000 : DEFAULT_RETRY_AFTER };
    }
  }
  return { kind: "final" };
}

/** Returns the verdict on an HTTP response. A body without JSON and a status of a gateway come from a proxy. */
export function judgeText(text: string, status: number): Verdict {
  try {
    return judge(JSON.parse(text) as Answer);
  } catch {
    return status >= 502 ? { kind: "unknown" } : { kind: "final" };
  }
}
