// A subscription belongs to the tab that started it. GraphiQL has one running subscription for all tabs. So this map keeps the
// subscription of each tab, and gives it to GraphiQL while the tab is shown.

import type { TabsState } from "@graphiql/react";
import { type Answer, fault } from "./graphql";

/** Opens a subscription, which ends when the signal is aborted. */
type Open = (signal: AbortSignal) => AsyncIterable<Answer>;

/** The part of an observer that GraphiQL passes. */
type Observer = { next(answer: Answer): void; complete(): void };

/** GraphiQL accepts observables next to iterables. An iterable can't be stopped before its next event. */
type Observable = { subscribe(observer: Observer): { unsubscribe(): void } };

export class Subscriptions {
  #shown: string | undefined;
  #byTab = new Map<string, Subscription>();
  #resuming = false;

  /** Follows GraphiQL's tabs. A tab that is left keeps its subscription, and a tab that is closed ends it. */
  readonly follow = ({ tabs, activeTabIndex }: TabsState) => {
    const left = this.#shown;
    this.#shown = tabs[activeTabIndex]?.id;
    for (const [tab, subscription] of this.#byTab) {
      if (!tabs.some(({ id }) => id === tab)) {
        this.#close(tab);
      } else if (tab === left && tab !== this.#shown) {
        subscription.leave();
      }
    }
  };

  /** Returns the events of a new subscription of the tab that is shown, in place of the one before. */
  start(open: Open): Observable {
    const tab = this.#shown ?? "";
    this.#close(tab);
    const subscription = new Subscription(open);
    this.#byTab.set(tab, subscription);
    return this.#observable(tab, subscription);
  }

  /** Runs the shown tab again if this map keeps a subscription of it. The fetcher then calls resumed. */
  resume(run: () => void) {
    const tab = this.#shown ?? "";
    const subscription = this.#byTab.get(tab);
    if (!subscription || subscription.finished) {
      return;
    }
    this.#resuming = true;
    run();
    if (this.#resuming) { // GraphiQL refuses to run the tab, because its variables are not JSON
      this.#resuming = false;
      this.#close(tab);
    }
  }

  /** Returns the events of the subscription that resume runs, or null if the user runs an operation. */
  resumed(): Observable | null {
    const tab = this.#shown ?? "";
    const subscription = this.#byTab.get(tab);
    if (!this.#resuming || !subscription) {
      return null;
    }
    this.#resuming = false;
    return this.#observable(tab, subscription);
  }

  #observable(tab: string, subscription: Subscription): Observable {
    return {
      subscribe: (observer) => {
        subscription.show(observer);
        return { unsubscribe: () => this.#unsubscribed(tab, subscription) };
      },
    };
  }

  /** GraphiQL unsubscribes when its user stops the subscription, and just before it shows another tab. */
  #unsubscribed(tab: string, subscription: Subscription) {
    subscription.leave();
    queueMicrotask(() => {
      if (this.#shown === tab && this.#byTab.get(tab) === subscription) {
        this.#close(tab);
      }
    });
  }

  #close(tab: string) {
    this.#byTab.get(tab)?.close();
    this.#byTab.delete(tab);
  }
}

/** Reads events while its tab is shown and while it is not, and remembers the last one. */
class Subscription {
  /** Whether its end was shown. Later answers of the tab are then newer than its events. */
  finished = false;
  #last: Answer | null = null;
  #ended = false;
  #observer: Observer | null = null;
  #closed = new AbortController();

  constructor(open: Open) {
    void this.#read(open(this.#closed.signal));
  }

  async #read(answers: AsyncIterable<Answer>) {
    try {
      for await (const answer of answers) {
        this.#next(answer);
      }
    } catch (error) {
      this.#next(fault(String(error)));
    }
    this.#ended = true;
    this.#finish();
  }

  #finish() {
    this.finished = this.#observer !== null;
    this.leave();
  }

  #next(answer: Answer) {
    this.#last = answer;
    this.#observer?.next(answer);
  }

  show(observer: Observer) {
    this.#observer = observer;
    if (this.#last !== null) {
      observer.next(this.#last);
    }
    if (this.#ended) {
      queueMicrotask(() => this.#finish()); // GraphiQL notes the subscription only after this call
    }
  }

  leave() {
    const observer = this.#observer;
    this.#observer = null;
    observer?.complete();
  }

  close() {
    this.leave();
    this.#closed.abort();
  }
}
