// Who the page is signed in as. The token lives in this object and nowhere else: whatever is written to the
// browser's storage outlives the tab and is readable by every script of the origin.

import type { Answer, Fault, Send } from "./graphql";

export type State = {
  signedIn: boolean;
  /** Address or name; null until the server has said it. */
  who: string | null;
  /** In milliseconds; null when the answer did not tell. */
  expiresAt: number | null;
  notice: string | null;
};

const WHO = "query WhoAmI { me { id email displayName } }";
const RUN_OUT = "Your sign-in has run out";
const signedOut: State = { signedIn: false, who: null, expiresAt: null, notice: null };

export class Session {
  #state = signedOut;
  #token: string | null = null;
  #listeners = new Set<() => void>();

  constructor(
    readonly send: Send,
    readonly now: () => number,
  ) {}

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = () => this.#state;

  /** Adds the token unless the headers already name one, and returns it if it was added. */
  authorize(headers: Headers): string | null {
    if (this.#token === null || headers.has("Authorization")) {
      return null;
    }
    headers.set("Authorization", `Bearer ${this.#token}`);
    return this.#token;
  }

  /** Learns from an answer: a new token, or that the one sent with the request no longer counts. */
  observe(answer: Answer, sent: string | null) {
    const payload = signIn(answer);
    if (payload) {
      void this.#adopt(payload);
    } else if (sent !== null && sent === this.#token && answer.errors?.some(ended)) {
      this.expire();
    }
  }

  expire() {
    this.#drop(RUN_OUT);
  }

  signOut() {
    this.#drop("Signed out");
  }

  async #adopt({ accessToken, expiresIn }: SignIn) {
    this.#token = accessToken;
    const expiresAt = typeof expiresIn === "number" ? this.now() + expiresIn * 1000 : null;
    this.#become({ signedIn: true, who: null, expiresAt, notice: null });

    const headers = new Headers();
    this.authorize(headers);
    const answer = await this.send({ query: WHO, operationName: "WhoAmI" }, headers);
    // Another sign-in, or a sign-out, may have come in between.
    if (this.#token !== accessToken) {
      return;
    }
    const me = answer.data?.me as { id: string; email?: string; displayName?: string } | null | undefined;
    if (me) {
      this.#become({ ...this.#state, who: me.email || me.displayName || me.id });
    } else if (answer.errors?.some(ended)) {
      this.expire();
    } else {
      this.#become({ ...this.#state, notice: answer.errors?.[0]?.message ?? null });
    }
  }

  #drop(notice: string) {
    this.#token = null;
    this.#become({ ...signedOut, notice });
  }

  #become(state: State) {
    this.#state = state;
    this.#listeners.forEach((listener) => listener());
  }
}

type SignIn = { accessToken: string; expiresIn?: unknown };

/** The last root field that holds an access token: mutations run in the order they are written. */
function signIn(answer: Answer): SignIn | undefined {
  return Object.values(answer.data ?? {}).findLast(
    (field): field is SignIn => typeof (field as Partial<SignIn> | null)?.accessToken === "string",
  );
}

function ended({ extensions }: Fault): boolean {
  return (
    extensions?.code === "UNAUTHENTICATED" &&
    (extensions.reason === "TOKEN_EXPIRED" || extensions.reason === "SESSION_ENDED")
  );
}
