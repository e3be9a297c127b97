// One exchange of a refresh token. Plain fetch, since the client library waits for it.

import { judge, type Answer } from "./answer";

export type Tokens = {
  /** Whose they are. */
  user: { id: string };
  accessToken: string;
  /** Null where it travels in a cookie. */
  refreshToken: string | null;
  /** Seconds, from when they were made. */
  expiresIn: number;
};

/** What an answer has of them. */
export type Brought = { readonly [K in keyof Tokens]?: Tokens[K] | null | undefined } | null | undefined;

export type Outcome =
  | { kind: "exchanged"; tokens: Tokens }
  | { kind: "over"; reused: boolean }
  /** Milliseconds to wait; null where nobody said how long. */
  | { kind: "later"; after: number | null };

/** Given up when the signal says so: its answer would be for nobody. */
export type Exchange = (refreshToken: string | null, signal: AbortSignal) => Promise<Outcome>;

export const DOCUMENT =
  "mutation Refresh($token: String) { refresh(refreshToken: $token) { accessToken refreshToken expiresIn user { id } } }";

/** A request that nobody answers is given up after this many milliseconds, and sent again. */
const PATIENCE = 10_000;

/**
 * Sends the token, or with null the cookie. Lost on the way and answered by whom we do not know are alike: later. The
 * server answers the same token again for a while (AUTHGRAPH_REFRESH_GRACE), so asking again is safe.
 */
export function exchangeAt(url: string): Exchange {
  return async (refreshToken, signal) => {
    let answer: { data?: { refresh?: Brought } | null; errors?: { extensions?: object }[] };
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
        body: JSON.stringify({ query: DOCUMENT, operationName: "Refresh", variables: { token: refreshToken } }),
        signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), signal]),
      });
      answer = await response.json();
    } catch {
      return { kind: "later", after: null };
    }
    const tokens = answer.data?.refresh;
    if (isComplete(tokens)) {
      return { kind: "exchanged", tokens };
    }
    const codes = (answer.errors ?? []).map(({ extensions = {} }) => (extensions as { code?: string }).code);
    const over = ["REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REUSED", "UNAUTHENTICATED", "ACCOUNT_SUSPENDED"];
    if (tokens || codes.some((code) => code && over.includes(code))) {
      return { kind: "over", reused: codes.includes("REFRESH_TOKEN_REUSED") };
    }
    const verdict = judge(answer as Answer);
    return { kind: "later", after: verdict.kind === "later" ? verdict.after : null };
  };
}

/** Whether these are tokens for the whole account: while a step is pending, such as a second factor, they are not. */
export function isComplete(tokens: Brought): tokens is Tokens {
  return Boolean(tokens?.accessToken && tokens.user && tokens.expiresIn);
}
