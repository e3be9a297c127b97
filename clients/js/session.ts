// The session of this browser. The access token, and with BODY delivery the refresh token, live in the memory of its tabs.

import type { Verdict } from "./answer";
import { type Exchange, isComplete, type PartialTokens } from "./exchange";
import { type Grant, type News, Tabs } from "./tabs";

export type State = {
  kind: "starting" | "signedIn" | "signedOut";
  /** Signed-in account. While signed out, the account whose page is kept so that typed text is not lost. */
  userId: string | null;
  /** Number of the sign-in. Another number is another session, possibly of the same account. */
  signIn: number;
  /** Reason of the end, as a sentence for the user. */
  notice: string | null;
  /** Whether an exchange is being repeated, because the server is unreachable or busy. */
  retrying: boolean;
};

/** Sentences that a sign-out shows: after an answer of the server, and without one. */
export type SignOutNotices = { done: string; unanswered: string };

/** Change continues the session with new tokens. It sends its operation with this access token, and ends when its signal is aborted. */
export type Change = (token: string, signal: AbortSignal) => Promise<{ tokens: PartialTokens; verdict: Verdict }>;

/** Key of localStorage that says that a refresh cookie may exist, because scripts cannot read it. Not a secret. */
const COOKIE_HINT = "authgraph.cookie";

export const ENDED_NOTICE = "This session was ended. Sign in to continue; what you typed is still here.";
export const REUSED_NOTICE =
  "This session was ended because another client used it too. If that was not you, tell an administrator.";
export const UNANSWERED_NOTICE =
  "Signed out in this browser only: the server did not answer. The session may still be listed. Sign in again to end it. An unused session expires by itself.";

/** Maximum milliseconds before its expiry at which a token is exchanged. */
const EXPIRY_MARGIN = 5_000;
/** Minimum and maximum milliseconds between attempts of an exchange. The server repeats a lost answer for 30 seconds. */
const MIN_DELAY = 250;
const MAX_DELAY = 5_000;
/** Milliseconds that the server has to answer a sign-out before it affects this browser only, and a sign-in. */
const SIGN_OUT_TIMEOUT = 5_000;
const SIGN_IN_TIMEOUT = 30_000;

export class Session {
  #state: State = { kind: "starting", userId: null, signIn: 0, notice: null, retrying: false };
  #grant: Grant | null = null;
  /** Number of the grant. After the end of a session it is a number that no grant has. */
  #number = 0;
  /** Number of the sign-in of the grant, or of the last one. */
  #signIn = 0;
  /** Aborted at the end of the sign-in. */
  #ending = new AbortController();
  #exchanging: Promise<void> | null = null;
  #listeners = new Set<() => void>();
  readonly #tabs: Tabs;
  readonly #exchange: Exchange;
  readonly #started: Promise<void>;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.#tabs = new Tabs(() => this.#grant, (news) => this.#receive(news));
    this.#started = this.#start();
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = () => this.#state;

  /** Returns a signal that is aborted when the current sign-in ends or is replaced. */
  async signInSignal(): Promise<AbortSignal> {
    await this.#started;
    return this.#ending.signal;
  }

  /** Returns an access token that has not expired, or null while signed out. Waits for an exchange. */
  async token(): Promise<string | null> {
    await this.#started;
    if (this.#exchanging || (this.#grant && isExpired(this.#grant))) {
      await this.#renew();
    }
    return this.#grant?.accessToken ?? null;
  }

  /** Exchanges an access token that the server refused, unless it was exchanged since. */
  async refused(token: string): Promise<void> {
    if (this.#grant?.accessToken === token) {
      await this.#renew();
    }
  }

  /** Ends the session of an access token after the server has ended it. */
  ended(token: string) {
    if (this.#grant?.accessToken === token) {
      this.#end(ENDED_NOTICE);
    }
  }

  /**
   * Signs in with the tokens that `login` returns. The result is false for incomplete tokens (`isComplete`). It waits for an
   * exchange under way, because the answer would replace the new cookie by the old one. An exchange waits for the sign-in. So
   * `login` must not need a token, and must end when its signal is aborted.
   */
  signIn(login: (signal: AbortSignal) => Promise<PartialTokens>): Promise<boolean> {
    return this.#tabs.exclusive(async () => {
      const at = Date.now(); // the earliest time at which the server may have made the tokens
      const tokens = await login(AbortSignal.timeout(SIGN_IN_TIMEOUT));
      if (!isComplete(tokens)) {
        return false;
      }
      rememberCookie(tokens.refreshToken === null);
      const number = Math.max(Date.now(), this.#number, await this.#tabs.newest()) + 1;
      await this.#adopt({ ...tokens, number, since: number, at });
      return true;
    });
  }

  /**
   * Continues the session with the tokens of `change`, such as changePassword. Reports whether the server has continued the session.
   * Like signIn it waits for an exchange under way, and an exchange waits for it: the server invalidates the cookie of an exchange
   * that it answers later. The sign-in stays the same, so operations that wait for a token are sent with the new token.
   */
  async replace(change: Change): Promise<boolean> {
    for (let exchanged = false; ; ) {
      const token = await this.token(); // not inside `exclusive`, because an exchange needs the lock
      if (token === null) {
        return false;
      }
      const outcome = await this.#tabs.exclusive(() => this.#replaceGrant(token, change));
      if (outcome === "stale" && !exchanged) {
        exchanged = true;
        await this.refused(token);
      } else if (outcome !== "exchanged") {
        return outcome === "replaced";
      }
    }
  }

  /** Returns `exchanged` if another tab has exchanged the token since, `stale` if the server refused it. */
  async #replaceGrant(token: string, change: Change): Promise<"replaced" | "refused" | "stale" | "exchanged"> {
    await this.#tabs.catchUp(() => this.#number);
    const grant = this.#grant;
    if (grant?.accessToken !== token) {
      return "exchanged";
    }
    const at = Date.now();
    const { tokens, verdict } = await change(token, AbortSignal.any([AbortSignal.timeout(SIGN_IN_TIMEOUT), this.#ending.signal]));
    if (verdict.kind === "ended") {
      this.ended(token);
    }
    if (!isComplete(tokens) || this.#number !== grant.number) {
      return verdict.kind === "stale" ? "stale" : "refused";
    }
    rememberCookie(tokens.refreshToken === null);
    await this.#adopt({ ...tokens, number: grant.number + 1, since: grant.since, at });
    return "replaced";
  }

  /**
   * Signs out in all tabs, after `logout` has ended the session at the server or SIGN_OUT_TIMEOUT has passed. A new sign-in in
   * between aborts `logout`, because its answer would delete the cookie of the new session.
   */
  async signOut(logout: (signal: AbortSignal) => Promise<boolean>, notices: SignOutNotices): Promise<void> {
    const signIn = this.#signIn;
    const replaced = new AbortController();
    const unsubscribe = this.subscribe(() => this.#signIn !== signIn && replaced.abort());
    const signal = AbortSignal.any([AbortSignal.timeout(SIGN_OUT_TIMEOUT), replaced.signal]);
    const aborted = new Promise<boolean>((resolve) => signal.addEventListener("abort", () => resolve(false)));
    const done = await Promise.race([logout(signal).catch(() => false), aborted]);
    unsubscribe();
    this.leave(signIn, done ? notices.done : notices.unanswered);
  }

  /** Forgets a sign-in in all tabs after its user has ended it at the server, such as by the deletion of the account. */
  leave(signIn: number, notice: string) {
    if (this.#signIn === signIn) {
      this.#end(notice, null);
    }
  }

  /** Takes the grant of another tab, or exchanges a cookie. */
  async #start(): Promise<void> {
    await this.#tabs.catchUp(() => this.#number);
    if (this.#grant === null && localStorage.getItem(COOKIE_HINT)) {
      await this.#renew();
    }
    if (this.#state.kind === "starting") {
      this.#update({ kind: "signedOut" });
    }
  }

  /** Exchanges the grant. Concurrent calls share one exchange. */
  #renew(): Promise<void> {
    this.#exchanging ??= this.#exchangeGrant(this.#number).finally(() => {
      this.#exchanging = null;
      this.#update({ retrying: false });
    });
    return this.#exchanging;
  }

  /** Repeats the exchange until the grant of a number is replaced or ended. */
  async #exchangeGrant(number: number): Promise<void> {
    const ending = this.#ending.signal;
    let refused = false;
    for (let delay = MIN_DELAY; ; delay = Math.min(delay * 2, MAX_DELAY)) {
      const outcome = await this.#tabs.exclusive(async () => {
        await this.#tabs.catchUp(() => this.#number);
        if (this.#number !== number) {
          return null; // another tab has exchanged it
        }
        const at = Date.now();
        const outcome = await this.#exchange(this.#grant?.refreshToken ?? null, ending);
        if (this.#number !== number) {
          return null; // signed out, or signed in again
        }
        if (outcome.kind === "exchanged") {
          const since = this.#grant?.since ?? number + 1;
          await this.#adopt({ ...outcome.tokens, number: number + 1, since, at }); // before the next tab has its turn
        }
        return outcome;
      });
      if (outcome === null || outcome.kind === "exchanged") {
        return;
      }
      if (outcome.kind === "ended") {
        if (outcome.invalidCookie && !refused) {
          // Another page may have continued the session, and its new cookie may have arrived after this request was sent.
          refused = true;
          await pause(MIN_DELAY, ending);
          continue;
        }
        this.#end(outcome.reused ? REUSED_NOTICE : ENDED_NOTICE);
        return;
      }
      this.#update({ retrying: true });
      await pause(outcome.after ?? delay * (0.5 + Math.random()), ending);
      if (this.#number !== number) {
        return;
      }
    }
  }

  async #adopt(grant: Grant): Promise<void> {
    this.#setGrant(grant);
    await this.#tabs.declare(grant.number);
    this.#tabs.send({ kind: "grant", grant });
    this.#update({ kind: "signedIn", userId: grant.user.id, signIn: grant.since, notice: null });
  }

  #setGrant(grant: Grant) {
    if (grant.since !== this.#signIn) {
      this.#abortSignIn();
    }
    this.#grant = grant;
    this.#number = grant.number;
    this.#signIn = grant.since;
  }

  /** Gives up everything that belongs to the current sign-in. */
  #abortSignIn() {
    this.#ending.abort();
    this.#ending = new AbortController();
  }

  #end(notice: string, userId = this.#state.userId) {
    this.#tabs.send({ kind: "over", number: this.#number, since: this.#signIn, notice, chosen: userId === null });
    this.#forget(notice, userId);
  }

  #forget(notice: string, userId: string | null) {
    rememberCookie(false);
    this.#abortSignIn();
    this.#tabs.release(() => true);
    this.#grant = null;
    this.#number++;
    this.#update({ kind: "signedOut", userId, notice });
  }

  #receive(news: News) {
    if (news.kind === "grant" && news.grant.number > this.#number) {
      this.#setGrant(news.grant);
      void this.#tabs.declare(news.grant.number);
      this.#update({ kind: "signedIn", userId: news.grant.user.id, signIn: news.grant.since, notice: null });
    }
    // A sign-out by the user is valid even after the server's own message of the end: the page must keep nothing.
    if (news.kind === "over" && (news.chosen ? news.since >= this.#signIn : this.#grant && news.number >= this.#number)) {
      this.#forget(news.notice, news.chosen ? null : this.#state.userId);
    }
  }

  #update(change: Partial<State>) {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

/**
 * Reports whether a grant expires within EXPIRY_MARGIN, by the time since its request: a wrong clock and a slow answer do no harm.
 * The margin matters for public fields, because the server treats an expired token there as no token.
 */
function isExpired({ at, expiresIn }: Grant): boolean {
  const lifetime = expiresIn * 1000;
  return Date.now() - at >= lifetime - Math.min(EXPIRY_MARGIN, lifetime / 5);
}

/** Waits for milliseconds, and ends early when the network returns or the signal is aborted. */
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

function rememberCookie(exists: boolean) {
  if (exists) {
    localStorage.setItem(COOKIE_HINT, "1");
  } else {
    localStorage.removeItem(COOKIE_HINT);
  }
}
