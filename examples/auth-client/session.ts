// Who this browser is signed in as. The access token, and with BODY the refresh token, live in the memory of its tabs.

import type { Exchange, Tokens } from "./exchange";
import { Tabs, type Grant, type News } from "./tabs";

export type State = {
  kind: "starting" | "in" | "out";
  /** The account; while signed out, the one whose page is kept so that nothing typed is lost. */
  who: string | null;
  /** Why it ended, for the person. */
  notice: string | null;
  /** Whether an exchange is being tried again because the server can't be reached or is busy. */
  waiting: boolean;
};

/** Whether a cookie may be there, which scripts can't see. Not a secret. */
const HINT = "authgraph.cookie";

export const ENDED = "This session was ended. Sign in to go on; what you typed is still here.";
export const REUSED = "This session was ended because somebody else used it too. If that was not you, change your password.";

/** Milliseconds: how long before its end a token counts as run out, at most. */
const EARLY = 5_000;
/** Milliseconds between tries of an exchange, from and to. The server keeps a lost answer for 30 seconds. */
const SOON = 250;
const LATEST = 5_000;

export class Session {
  #state: State = { kind: "starting", who: null, notice: null, waiting: false };
  #grant: Grant | null = null;
  /** Of the grant; once that is over, one that no grant has had. */
  #number = 0;
  /** The sign-in that the grant comes from, or the one that has ended came from. */
  #since = 0;
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

  /** `sent`: when they were asked for. Their life may have begun that early. */
  async signIn(tokens: Tokens, sent: number): Promise<void> {
    remember(tokens.refreshToken === null);
    const number = Math.max(Date.now(), this.#number, await this.#tabs.newest()) + 1;
    await this.#adopt({ ...tokens, number, since: number, at: sent });
  }

  /**
   * Forgets everything, in all tabs, when `logout` has asked the server to end the session; it says what to tell the person.
   * The sockets may hear of the end before the answer is here, and somebody may even have signed in anew.
   */
  async signOut(logout: () => Promise<string>): Promise<void> {
    const leaving = this.#since;
    const notice = await logout();
    if (this.#since === leaving) {
      this.#end(notice, null);
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
    for (let wait = SOON; ; wait = Math.min(wait * 2, LATEST)) {
      const outcome = await this.#tabs.alone(async () => {
        await this.#tabs.catchUp(() => this.#number);
        if (this.#number !== number) {
          return null; // another tab was first
        }
        const sent = Date.now();
        const outcome = await this.#exchange(this.#grant?.refreshToken ?? null);
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
      await pause(outcome.after ?? wait * (0.5 + Math.random()));
      if (this.#number !== number) {
        return;
      }
    }
  }

  async #adopt(grant: Grant): Promise<void> {
    this.#take(grant);
    await this.#tabs.hold(grant.number);
    this.#tabs.tell({ kind: "grant", grant });
    this.#become({ kind: "in", who: grant.user.id, notice: null });
  }

  #take(grant: Grant) {
    this.#grant = grant;
    this.#number = grant.number;
    this.#since = grant.since;
  }

  #end(notice: string, who = this.#state.who) {
    this.#tabs.tell({ kind: "over", number: this.#number, since: this.#since, notice, chosen: who === null });
    this.#forget(notice, who);
  }

  #forget(notice: string, who: string | null) {
    remember(false);
    this.#tabs.free(() => true);
    this.#grant = null;
    this.#number++;
    this.#become({ kind: "out", who, notice });
  }

  #hear(news: News) {
    if (news.kind === "grant" && news.grant.number > this.#number) {
      this.#take(news.grant);
      void this.#tabs.hold(news.grant.number);
      this.#become({ kind: "in", who: news.grant.user.id, notice: null });
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
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
    signal?.addEventListener("abort", done, { once: true });
  });
}

function remember(cookie: boolean) {
  if (cookie) {
    localStorage.setItem(HINT, "1");
  } else {
    localStorage.removeItem(HINT);
  }
}
