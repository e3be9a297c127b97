// One exchange of a refresh token. It uses fetch, because the client library waits for its result.

import { type Answer, judge } from "./answer";

/** Tokens of a complete sign-in. */
export type Tokens = {
  /** Account that the tokens belong to. */
  user: { id: string };
  accessToken: string;
  /** Null if the refresh token is in a cookie. */
  refreshToken: string | null;
  /** Lifetime of the access token in seconds. */
  expiresIn: number;
};

/** Tokens as an AuthPayload has them: all null while a step is pending. */
export type PartialTokens = { readonly [K in keyof Tokens]?: Tokens[K] | null | undefined } | null | undefined;

/**
 * Outcome of an exchange. `retry` has the milliseconds to wait, or null if the server names no time. `invalidCookie` says that the
 * token was in a cookie that is invalid, possibly because a newer cookie is on its way.
 */
export type Outcome =
  | { kind: "exchanged"; tokens: Tokens }
  | { kind: "ended"; reused: boolean; invalidCookie: boolean }
  | { kind: "retry"; after: number | null };

/** Exchange sends a refresh token, or the cookie for null. It never rejects. An aborted signal ends it early. */
export type Exchange = (refreshToken: string | null, signal: AbortSignal) => Promise<Outcome>;

/** Document of the exchange, for manifests of stored operations. */
export const REFRESH_DOCUMENT =
  "mutation Refresh($token: String) { refresh(refreshToken: $token) { accessToken refreshToken expiresIn user { id } } }";

/** Milliseconds after which an unanswered exchange is given up and sent again. */
const TIMEOUT = 10_000;

/** Codes after which the session does not continue. */
const ENDING_CODES = new Set(["REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REUSED", "UNAUTHENTICATED", "ACCOUNT_SUSPENDED"]);

/**
 * Returns the exchange with the server at `url`. A lost answer and an answer of a proxy are `retry`. To ask again is safe,
 * because the server returns the same token within AUTHGRAPH_REFRESH_GRACE.
 */
export function exchangeAt(url: string): Exchange {
  return async (refreshToken, signal) => {
    let answer: { data?: { refresh?: PartialTokens } | null; errors?: { extensions?: object }[] };
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
        body: JSON.stringify({ query: REFRESH_DOCUMENT, operationName: "Refresh", variables: { token: refreshToken } }),
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT), signal]),
      });
      answer = await response.json();
    } catch {
      return { kind: "retry", after: null };
    }
    const tokens = answer.data?.refresh;
    if (isComplete(tokens)) {
      return { kind: "exchanged", tokens };
    }
    const codes = (answer.errors ?? []).map(({ extensions = {} }) => (extensions as { code?: string }).code ?? "");
    if (tokens || codes.some((code) => ENDING_CODES.has(code))) {
      const invalidCookie = refreshToken === null && codes.includes("REFRESH_TOKEN_INVALID");
      return { kind: "ended", reused: codes.includes("REFRESH_TOKEN_REUSED"), invalidCookie };
    }
    const verdict = judge(answer as Answer);
    return { kind: "retry", after: verdict.kind === "retry" ? verdict.after : null };
  };
}

/** Reports whether a sign-in is complete. While a step is pending, such as a second factor, it is not. */
export function isComplete(tokens: PartialTokens): tokens is Tokens {
  return Boolean(tokens?.accessToken && tokens.user && tokens.expiresIn);
}
