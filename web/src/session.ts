// Session of the playground. Only this object has the tokens, because the storage of the browser outlives the tab and is readable
// by every script of the origin.

import { type Answer, coded, fault, type Operation, type Send } from "./graphql";
import type { Stream } from "./stream";

export type State = {
  signedIn: boolean;
  /** Address or name. Null until the server has returned it. */
  who: string | null;
  /** Time in milliseconds. Null if the answer has no lifetime. */
  expiresAt: number | null;
  notice: string | null;
};

const WHO = "query WhoAmI { me { id email displayName } }";
const REFRESH = "mutation Refresh($token: String) { refresh(refreshToken: $token) { accessToken refreshToken expiresIn } }";
const LOGOUT = "mutation SignOut { logout { endedSessionIds } }";
const RUN_OUT = "Your sign-in has expired";
const REUSED = "This session was ended: another client used it too";
const ANEW = fault("Ended: the page has signed in again, and the previous sign-in had started this.");
const signedOut: State = { signedIn: false, who: null, expiresAt: null, notice: null };

/** Maximum milliseconds before its expiry at which a token is exchanged, and milliseconds before a failed exchange is repeated. */
const EARLY = 5_000;
const AGAIN = 5_000;

/** Milliseconds after which a new token may be refused. An earlier refusal is an error of the token itself. */
const AT_ONCE = 1_000;

type Tokens = { accessToken: string; refreshToken: string | null; expiresAt: number | null };

export class Session {
  #state = signedOut;
  #tokens: Tokens | null = null;
  /** Aborted when another sign-in replaces the sign-in of the tokens. */
  #anew = new AbortController();
  #refreshing: Promise<Answer | null> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<() => void>();

  constructor(
    readonly send: Send,
    readonly stream: Stream,
    readonly now: () => number,
  ) {}

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = () => this.#state;

  /**
   * Sends an operation with the page's access token, unless the headers have an Authorization. An expired token is exchanged
   * first, or when the server refuses it. A refused operation is sent once more, but never with the token of another sign-in.
   */
  async run(operation: Operation, headers: Headers): Promise<Answer> {
    if (this.#tokens === null || headers.has("Authorization")) {
      return this.#observed(await this.send(operation, headers));
    }
    const anew = this.#anew.signal;
    if (this.#tokens.expiresAt !== null && this.#tokens.expiresAt <= this.now()) {
      const fault = await this.#refresh();
      if (fault !== null) {
        return fault;
      }
    }
    if (anew.aborted) {
      return ANEW;
    }
    const [answer, sent] = await this.#attempt(operation, headers);
    if (sent === null || !coded(answer, "UNAUTHENTICATED", "TOKEN_EXPIRED")) {
      return this.#observed(answer, sent);
    }
    // Another operation may have exchanged it.
    const fault = this.#tokens?.accessToken === sent ? await this.#refresh() : null;
    return anew.aborted ? answer : (fault ?? this.#observed(...(await this.#attempt(operation, headers))));
  }

  /**
   * The events of a subscription, as run sends an operation. It continues with a new token when its own has expired, and ends
   * when the signal is aborted, or when the page is signed in again: later events would be for another user.
   */
  async *watch(operation: Operation, headers: Headers, stopped: AbortSignal): AsyncGenerator<Answer> {
    if (this.#tokens === null || headers.has("Authorization")) {
      yield* this.stream(operation, headers, stopped);
      return;
    }
    const anew = this.#anew.signal;
    const ended = AbortSignal.any([anew, stopped]);
    for (let old: string | null = null, began = -AT_ONCE; this.#tokens !== null; ) {
      const ranOut = this.#tokens.expiresAt !== null && this.#tokens.expiresAt <= this.now();
      const fault = ranOut || this.#tokens.accessToken === old ? await this.#refresh() : null;
      if (fault !== null) {
        yield fault;
        return;
      }
      if (ended.aborted) {
        break;
      }
      old = this.#tokens?.accessToken ?? null;
      const before = began;
      began = this.now();
      const end = yield* this.#until(operation, headers, old, ended);
      if (end === null) {
        break;
      }
      if (began - before < AT_ONCE) { // a new token that is refused at once is no reason to ask for another
        yield end;
        return;
      }
    }
    if (anew.aborted && !stopped.aborted) {
      yield ANEW;
    }
  }

  /** Returns the answer that says the token has expired; null when the subscription ended otherwise. */
  async *#until(
    operation: Operation,
    given: Headers,
    sent: string | null,
    ended: AbortSignal,
  ): AsyncGenerator<Answer, Answer | null> {
    const headers = new Headers(given);
    if (sent !== null) {
      headers.set("Authorization", `Bearer ${sent}`);
    }
    for await (const answer of this.stream(operation, headers, ended)) {
      if (sent !== null && coded(answer, "UNAUTHENTICATED", "TOKEN_EXPIRED")) {
        return answer;
      }
      yield this.#observed(answer, sent);
    }
    return null;
  }

  async #attempt(operation: Operation, given: Headers): Promise<[Answer, string | null]> {
    const headers = new Headers(given);
    const sent = this.#tokens?.accessToken ?? null;
    if (sent !== null) {
      headers.set("Authorization", `Bearer ${sent}`);
    }
    return [await this.send(operation, headers), sent];
  }

  /** Takes new tokens from an answer, or the end of the session that sent the request. */
  #observed(answer: Answer, sent: string | null = null): Answer {
    const payload = signIn(answer);
    if (payload) {
      void this.#adopt(payload);
    } else if (sent !== null && sent === this.#tokens?.accessToken && over(answer)) {
      this.#drop(RUN_OUT);
    }
    return answer;
  }

  /** Ends the session here at once, and at the server. The answer of the server changes nothing here. */
  signOut() {
    const token = this.#tokens?.accessToken;
    this.#drop("Signed out");
    void this.send({ query: LOGOUT, operationName: "SignOut" }, new Headers({ Authorization: `Bearer ${token}` }));
  }

  async #adopt(payload: SignIn) {
    const { accessToken } = payload;
    this.#anew.abort();
    this.#anew = new AbortController();
    this.#keep(payload);
    this.#become({ signedIn: true, who: null, expiresAt: this.#tokens!.expiresAt, notice: null });
    const [answer] = await this.#attempt({ query: WHO, operationName: "WhoAmI" }, new Headers());
    // Another sign-in or a sign-out may have replaced the tokens.
    if (this.#tokens?.accessToken !== accessToken) {
      return;
    }
    const me = answer.data?.me as { id: string; email?: string; displayName?: string } | null | undefined;
    if (me) {
      this.#become({ ...this.#state, who: me.email || me.displayName || me.id });
    } else if (over(answer)) {
      this.#drop(RUN_OUT);
    } else {
      this.#become({ ...this.#state, notice: answer.errors?.[0]?.message ?? null });
    }
  }

  /** Exchanges the tokens, one exchange at a time. Returns null after an exchange, otherwise the error. */
  #refresh(): Promise<Answer | null> {
    this.#refreshing ??= this.#exchange().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #exchange(): Promise<Answer | null> {
    const before = this.#tokens;
    if (!before?.refreshToken) {
      this.#drop(RUN_OUT);
      return null;
    }
    const operation = { query: REFRESH, operationName: "Refresh", variables: { token: before.refreshToken } };
    const answer = await this.send(operation, new Headers());
    if (this.#tokens !== before) {
      return null; // signed out, or in again
    }
    const payload = signIn(answer);
    if (payload) {
      this.#keep(payload);
      this.#become({ ...this.#state, expiresAt: this.#tokens!.expiresAt });
      return null;
    }
    if (coded(answer, "REFRESH_TOKEN_INVALID") || coded(answer, "REFRESH_TOKEN_REUSED")) {
      this.#drop(coded(answer, "REFRESH_TOKEN_REUSED") ? REUSED : RUN_OUT);
      return null;
    }
    // The server is busy or unreachable. The session stays active, and the server repeats a lost answer.
    this.#wake(AGAIN);
    return answer;
  }

  #keep({ accessToken, refreshToken, expiresIn }: SignIn) {
    const lives = typeof expiresIn === "number" ? expiresIn * 1000 : null;
    const exchanged = typeof refreshToken === "string" ? refreshToken : null;
    this.#tokens = { accessToken, refreshToken: exchanged, expiresAt: lives === null ? null : this.now() + lives };
    clearTimeout(this.#timer);
    if (lives !== null) {
      this.#wake(exchanged === null ? lives : lives - Math.min(EARLY, lives / 4));
    }
  }

  #wake(after: number) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), Math.max(after, 0));
  }

  #drop(notice: string) {
    clearTimeout(this.#timer);
    this.#tokens = null;
    this.#become({ ...signedOut, notice });
  }

  #become(state: State) {
    this.#state = state;
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

type SignIn = { accessToken: string; refreshToken?: unknown; expiresIn?: unknown };

/** Returns the last root field with an access token, because mutations run in the order of the document. */
function signIn(answer: Answer): SignIn | undefined {
  return Object.values(answer.data ?? {}).findLast(
    (field): field is SignIn => typeof (field as Partial<SignIn> | null)?.accessToken === "string",
  );
}

function over(answer: Answer): boolean {
  return coded(answer, "UNAUTHENTICATED", "TOKEN_EXPIRED") || coded(answer, "UNAUTHENTICATED", "SESSION_ENDED");
}
