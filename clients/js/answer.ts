// What an answer says about the caller. Whatever a client's library calls it, an answer has `errors`.

export type Answer = {
  readonly errors?: readonly { readonly extensions?: { readonly [name: string]: unknown } | undefined }[] | undefined;
};

/**
 * - `stale`: the access token does not count any more; another one may.
 * - `ended`: the session is over. Nothing but signing in helps.
 * - `later`: not done, and nobody has been signed out: the same again after some milliseconds.
 * - `lost`: nobody knows whether it was done: the network failed, or a proxy answered in the server's place.
 * - `final`: whatever it is, it concerns the one who asked.
 */
export type Verdict =
  | { kind: "stale" }
  | { kind: "ended" }
  | { kind: "later"; after: number }
  | { kind: "lost" }
  | { kind: "final" };

const busy = new Set<unknown>(["SERVICE_UNAVAILABLE", "OVERLOADED", "RATE_LIMITED"]);

/** Milliseconds, where the server does not say. */
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

/** The same of HTTP's body and status. */
export function judgeText(text: string, status: number): Verdict {
  try {
    return judge(JSON.parse(text) as Answer);
  } catch {
    return status >= 502 ? { kind: "lost" } : { kind: "final" };
  }
}
