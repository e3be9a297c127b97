// Who this browser is signed in as. The access token, and with BODY the refresh token, live in the memory of its tabs.

import { isComplete, type Brought, type Exchange } from "./exchange";
import { Tabs, type Grant, type News } from "./tabs";

export type State = {
  kind: "starting" | "in" | "out";
  /** The account; while signed out, the one whose page is kept so that nothing typed is lost. */
  who: string | null;
  /** The sign-in, by its number. Another one is another session, though perhaps of the same account. */
  since: number;
  /** Why it ended, for the person. */
  notice: string | null;
  /** Whether an exchange is being tried again because the server can't be reached or is busy. */
  waiting: boolean;
};

/** Whether a cookie may be there, which scripts can't see. Not a secret. */
const HINT = "authgraph.cookie";

export const ENDED = "This session was ended. Sign in to go on; what you typed is still here.";
export const REUSED = "This session was ended because somebody else used it too. If that was not you, tell an administrator.";
export const UNANSWERED =
  "Signed out in this browser only: the server did not answer. The session may still be listed. Sign in again to end it, or it ends by itself once it has not been used for long.";

/** Milliseconds: how long before its end a token counts as run out, at most. */
const EARLY = 5_000;
/** Milliseconds between tries of an exchange, from and to. The server keeps a lost answer for 30 seconds. */
const SOON = 250;
const LATEST = 5_000;
/** Milliseconds that the server has to answer a sign-out, before it is one of this browser only, and a sign-in. */
const LEAVING = 5_000;
const ENTERING = 30_000;

export class Session {
  #state: State = { kind: "starting", who: null, since: 0, notice: null, waiting: false };
  #grant: Grant | null = null;
  /** Of the grant; once that is over, one that no grant has had. */
  #number = 0;
  /** The sign-in that the grant comes from, or the one that has ended came from. */
  #since = 0;
  /** Of the sign-in. */
  #over = new AbortController();
  #renewing: Promise<void> | null = null;
  #listeners = new Set<() => void>();
  readonly #tabs: Tabs;
  readonly #exchange: Exchange;
  readonly #started: Promise<void>;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.#tabs = new Tabs(() => this.#grant, (news) => this.#hear(news));
    this.#started = this.#start();
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = () => this.#state;

  /** What begins now belongs to the sign-in of now: this is aborted when that is over, by its end or by another one. */
  async over(): Promise<AbortSignal> {
    await this.#started;
    return this.#over.signal;
  }

  /** An access token that has not run out, as far as one can tell here; null when signed out. Waits for an exchange. */
  async token(): Promise<string | null> {
    await this.#started;
    if (this.#renewing || (this.#grant && runOut(this.#grant))) {
      await this.#renew();
    }
    return this.#grant?.accessToken ?? null;
  }

  /** To be called when the server refused this access token. Does nothing if there is another one by now. */
  async refused(token: string): Promise<void> {
    if (this.#grant?.accessToken === token) {
      await this.#renew();
    }
  }

  /** To be called when the server said that the session of this access token has ended. */
  ended(token: string) {
    if (this.#grant?.accessToken === token) {
      this.#end(ENDED);
    }
  }

  /**
   * Signs in with the tokens that `login` brings; false if that is not all of them (`isComplete`). The answer of an exchange
   * that is under way would put the cookie of the sign-in until now in the place of the new one, so this waits for its turn, and
   * whoever needs an exchange waits for this: `login` must not need a token, and ends when it is told to.
   */
  signIn(login: (signal: AbortSignal) => Promise<Brought>): Promise<boolean> {
    return this.#tabs.alone(async () => {
      const sent = Date.now(); // their life may have begun that early
      const tokens = await login(AbortSignal.timeout(ENTERING));
      if (!isComplete(tokens)) {
        return false;
      }
      remember(tokens.refreshToken === null);
      const number = Math.max(Date.now(), this.#number, await this.#tabs.newest()) + 1;
      await this.#adopt({ ...tokens, number, since: number, at: sent });
      return true;
    });
  }

  /**
   * Forgets everything, in all tabs, when `logout` has asked the server to end the session, or the server has not answered for
   * long; `told` is what to tell the person. The sockets may hear of the end before the answer is here, and somebody may even
   * have signed in anew. What is not answered by then is given up for good: the answer would take the cookie of a newer sign-in.
   */
  async signOut(logout: (signal: AbortSignal) => Promise<boolean>, told: { done: string; unanswered: string }): Promise<void> {
    const leaving = this.#since;
    const anew = new AbortController();
    const unsubscribe = this.subscribe(() => this.#since !== leaving && anew.abort());
    const signal = AbortSignal.any([AbortSignal.timeout(LEAVING), anew.signal]);
    const givenUp = new Promise<boolean>((resolve) => signal.addEventListener("abort", () => resolve(false)));
    const done = await Promise.race([logout(signal).catch(() => false), givenUp]);
    unsubscribe();
    if (this.#since === leaving) {
      this.#end(done ? told.done : told.unanswered, null);
    }
  }

  /** Another tab's tokens, or else those that a cookie brings. */
  async #start(): Promise<void> {
    await this.#tabs.catchUp(() => this.#number);
    if (this.#grant === null && localStorage.getItem(HINT)) {
      await this.#renew();
    }
    if (this.#state.kind === "starting") {
      this.#become({ kind: "out" });
    }
  }

  /** One exchange in flight: who needs a token meanwhile waits for it. */
  #renew(): Promise<void> {
    this.#renewing ??= this.#exchanged(this.#number).finally(() => {
      this.#renewing = null;
      this.#become({ waiting: false });
    });
    return this.#renewing;
  }

  /** Tries until the grant of this number has been replaced or has ended. */
  async #exchanged(number: number): Promise<void> {
    const over = this.#over.signal;
    for (let wait = SOON; ; wait = Math.min(wait * 2, LATEST)) {
      const outcome = await this.#tabs.alone(async () => {
        await this.#tabs.catchUp(() => this.#number);
        if (this.#number !== number) {
          return null; // another tab was first
        }
        const sent = Date.now();
        const outcome = await this.#exchange(this.#grant?.refreshToken ?? null, over);
        if (this.#number !== number) {
          return null; // signed out, or in anew, meanwhile
        }
        if (outcome.kind === "exchanged") {
          const since = this.#grant?.since ?? number + 1;
          await this.#adopt({ ...outcome.tokens, number: number + 1, since, at: sent }); // before the next tab may look
        }
        return outcome;
      });
      if (outcome === null || outcome.kind === "exchanged") {
        return;
      }
      if (outcome.kind === "over") {
        this.#end(outcome.reused ? REUSED : ENDED);
        return;
      }
      this.#become({ waiting: true });
      await pause(outcome.after ?? wait * (0.5 + Math.random()), over);
      if (this.#number !== number) {
        return;
      }
    }
  }

  async #adopt(grant: Grant): Promise<void> {
    this.#take(grant);
    await this.#tabs.hold(grant.number);
    this.#tabs.tell({ kind: "grant", grant });
    this.#become({ kind: "in", who: grant.user.id, since: grant.since, notice: null });
  }

  #take(grant: Grant) {
    if (grant.since !== this.#since) {
      this.#leave();
    }
    this.#grant = grant;
    this.#number = grant.number;
    this.#since = grant.since;
  }

  /** What waits for the sign-in of now must not go on with the next one. */
  #leave() {
    this.#over.abort();
    this.#over = new AbortController();
  }

  #end(notice: string, who = this.#state.who) {
    this.#tabs.tell({ kind: "over", number: this.#number, since: this.#since, notice, chosen: who === null });
    this.#forget(notice, who);
  }

  #forget(notice: string, who: string | null) {
    remember(false);
    this.#leave();
    this.#tabs.free(() => true);
    this.#grant = null;
    this.#number++;
    this.#become({ kind: "out", who, notice });
  }

  #hear(news: News) {
    if (news.kind === "grant" && news.grant.number > this.#number) {
      this.#take(news.grant);
      void this.#tabs.hold(news.grant.number);
      this.#become({ kind: "in", who: news.grant.user.id, since: news.grant.since, notice: null });
    }
    // That the person signed out counts even when the server's word of the end was faster: nothing may be left behind.
    if (news.kind === "over" && (news.chosen ? news.since >= this.#since : this.#grant && news.number >= this.#number)) {
      this.#forget(news.notice, news.chosen ? null : this.#state.who);
    }
  }

  #become(change: Partial<State>) {
    this.#state = { ...this.#state, ...change };
    this.#listeners.forEach((listener) => listener());
  }
}

/**
 * By the time since the token was asked for, so that neither a clock which is wrong nor a slow answer does harm. To be early
 * matters for what is public: there the server takes a token that has run out for none, and answers as to nobody.
 */
function runOut({ at, expiresIn }: Grant): boolean {
  const lives = expiresIn * 1000;
  return Date.now() - at >= lives - Math.min(EARLY, lives / 5);
}

/** Ends early when the network is back. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
    signal.addEventListener("abort", done, { once: true });
  });
}

function remember(cookie: boolean) {
  if (cookie) {
    localStorage.setItem(HINT, "1");
  } else {
    localStorage.removeItem(HINT);
  }
}
