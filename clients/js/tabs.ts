// What the tabs of one browser agree on. Nothing of it is written to storage, where it would outlive them: tokens go from
// tab to tab over a BroadcastChannel, and Web Locks, which the browser frees when a tab is gone, say who may exchange them.

import type { Tokens } from "./exchange";

/** One sign-in, or one exchange after it. A higher number is a later one. */
export type Grant = Tokens & {
  number: number;
  /** The number of the sign-in that it comes from. */
  since: number;
  /** When it was asked for. Milliseconds on this browser's clock, which may be wrong: only differences count. */
  at: number;
};

export type News =
  | { kind: "grant"; grant: Grant }
  /** `chosen`: the person wanted it, and leaves nothing behind. */
  | { kind: "over"; number: number; since: number; notice: string; chosen: boolean };
type Message = News | { kind: "ask" };

const NAME = "authgraph";
const HELD = `${NAME}:grant:`;

/** Milliseconds that a tab which is known to hold newer tokens has to hand them over. */
const PATIENCE = 2000;

export class Tabs {
  readonly #channel = new BroadcastChannel(NAME);
  /** How to free the locks of this tab, by the numbers in their names. */
  readonly #locks = new Map<number, () => void>();
  readonly #waiting = new Set<() => void>();

  constructor(own: () => Grant | null, hear: (news: News) => void) {
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind !== "ask") {
        hear(data);
        this.#waiting.forEach((look) => look());
        return;
      }
      const grant = own();
      if (grant) {
        this.tell({ kind: "grant", grant });
      }
    };
  }

  /** Runs what only one tab may do at a time. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return navigator.locks.request(`${NAME}:exchange`, work) as Promise<T>;
  }

  tell(news: News) {
    this.#channel.postMessage(news);
  }

  /**
   * Says, by a lock with this number in its name, that this tab holds the tokens of it. Whoever asks the browser for such
   * locks knows that there are newer tokens, even when the message that brings them is still on its way.
   */
  async hold(number: number): Promise<void> {
    if (!this.#locks.has(number)) {
      await new Promise<void>((held) => {
        void navigator.locks.request(`${HELD}${number}`, { mode: "shared" }, () => {
          held();
          return new Promise<void>((free) => this.#locks.set(number, free));
        });
      });
    }
    this.free((other) => other < number);
  }

  free(which: (number: number) => boolean) {
    for (const [number, free] of this.#locks) {
      if (which(number)) {
        free();
        this.#locks.delete(number);
      }
    }
  }

  /** The number of the newest tokens that a tab of this browser holds; 0 if there are none. */
  async newest(): Promise<number> {
    const { held = [] } = await navigator.locks.query();
    return Math.max(0, ...held.map(({ name = "" }) => (name.startsWith(HELD) ? Number(name.slice(HELD.length)) : 0)));
  }

  /** Waits until this tab has heard of the newest tokens. A tab that should tell and does not is not waited for long. */
  async catchUp(heard: () => number): Promise<void> {
    const newest = await this.newest();
    if (heard() >= newest) {
      return;
    }
    await new Promise<void>((resolve) => {
      const look = () => {
        if (heard() >= newest) {
          done();
        }
      };
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(done, PATIENCE);
      this.#waiting.add(look);
      this.#channel.postMessage({ kind: "ask" } satisfies Message);
    });
  }
}
