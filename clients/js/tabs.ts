// Agreement between the tabs of one browser. Tokens travel over a BroadcastChannel, because storage would outlive the tabs.
// Web Locks decide which tab exchanges a token; the browser frees the locks of a closed tab.

import type { Tokens } from "./exchange";

/** Grant is a sign-in, or an exchange after it. Tabs of another version of the page read these names. */
export type Grant = Tokens & {
  /** Number of the grant. A higher number is newer. */
  number: number;
  /** Number of the sign-in that the grant comes from. */
  since: number;
  /** Time of the request in milliseconds of this browser's clock, which may be wrong: only differences are used. */
  at: number;
};

/** News of another tab: a grant, or the end of a session. `chosen` says that the user signed out. */
export type News =
  | { kind: "grant"; grant: Grant }
  | { kind: "over"; number: number; since: number; notice: string; chosen: boolean };
type Message = News | { kind: "ask" };

const NAME = "authgraph";
const HELD = `${NAME}:grant:`;

/** Milliseconds that a tab with a newer grant has to send it. */
const TIMEOUT = 2_000;

export class Tabs {
  readonly #channel = new BroadcastChannel(NAME);
  /** Release functions of this tab's locks, by the numbers of their grants. */
  readonly #locks = new Map<number, () => void>();
  readonly #waiting = new Set<() => void>();

  constructor(ownGrant: () => Grant | null, receive: (news: News) => void) {
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind !== "ask") {
        receive(data);
        for (const check of this.#waiting) {
          check();
        }
        return;
      }
      const grant = ownGrant();
      if (grant) {
        this.send({ kind: "grant", grant });
      }
    };
  }

  /** Runs `work` while no other tab runs its own. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return navigator.locks.request(`${NAME}:exchange`, work) as Promise<T>;
  }

  send(news: News) {
    this.#channel.postMessage(news);
  }

  /**
   * Declares that this tab holds the grant of a number, by a lock with the number in its name. Other tabs list the locks and
   * learn of a newer grant before its message arrives.
   */
  async declare(number: number): Promise<void> {
    if (!this.#locks.has(number)) {
      await new Promise<void>((held) => {
        void navigator.locks.request(`${HELD}${number}`, { mode: "shared" }, () => {
          held();
          return new Promise<void>((release) => this.#locks.set(number, release));
        });
      });
    }
    this.release((other) => other < number);
  }

  /** Releases the locks of the grants that match. */
  release(matches: (number: number) => boolean) {
    for (const [number, release] of this.#locks) {
      if (matches(number)) {
        release();
        this.#locks.delete(number);
      }
    }
  }

  /** Returns the number of the newest grant that a tab of this browser holds, or 0. */
  async newest(): Promise<number> {
    const { held = [] } = await navigator.locks.query();
    return Math.max(0, ...held.map(({ name = "" }) => (name.startsWith(HELD) ? Number(name.slice(HELD.length)) : 0)));
  }

  /** Waits until this tab has received the newest grant, for at most TIMEOUT. `known` returns the number of its own. */
  async catchUp(known: () => number): Promise<void> {
    const newest = await this.newest();
    if (known() >= newest) {
      return;
    }
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      const check = () => {
        if (known() >= newest) {
          done();
        }
      };
      const timer = setTimeout(done, TIMEOUT);
      this.#waiting.add(check);
      this.#channel.postMessage({ kind: "ask" } satisfies Message);
    });
  }
}
