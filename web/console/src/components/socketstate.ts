import { useSyncExternalStore } from "react";

/**
 * State of the WebSocket that carries the subscriptions of this page:
 *
 * - `idle`: no subscription needs a socket.
 * - `connecting`: the socket is being opened, and has not been for long.
 * - `live`: the server acknowledged the socket and answers its pings.
 * - `lost`: the socket can't be opened, or the server has stopped answering. New attempts continue.
 */
export type SocketState = "idle" | "connecting" | "live" | "lost";

/** Interval between two pings, in milliseconds. A proxy that swallows frames is noticed within PING + PONG. */
export const PING = 5_000;
/** Time that the server has for a pong or an acknowledgement, in milliseconds. */
export const PONG = 3_000;
/** Time that a socket may take to open before it is called lost, in milliseconds. */
const GRACE = 3_000;
/** Time after which an attempt that neither succeeds nor fails is given up, in milliseconds. */
const ATTEMPT = 8_000;
/** Failed attempts in a row after which the socket is called lost. The first may be the end of an access token. */
const FAILURES = 2;

/** Socket closed by the server because the account or the network has too many of them. */
const TOO_MANY = 4429;

/** SocketMonitor derives the state of the socket from the events of graphql-ws. */
export class SocketMonitor {
  #state: SocketState = "idle";
  #full = false;
  #failures = 0;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #pong: ReturnType<typeof setTimeout> | undefined;
  #attempt: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #terminate: () => void;

  /** `terminate` closes a socket that no longer answers, so that graphql-ws opens another one. */
  constructor(terminate: () => void) {
    this.#terminate = terminate;
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = () => this.#state;
  /** Reports whether the server refused the last socket because too many are open. */
  readonly full = () => this.#full;

  /** Listeners for the option `on` of graphql-ws. */
  readonly on = {
    connecting: () => {
      clearTimeout(this.#attempt);
      this.#attempt = setTimeout(this.#terminate, ATTEMPT);
      if (this.#state !== "lost") {
        this.#become("connecting");
        this.#grace ??= setTimeout(() => this.#become("lost"), GRACE);
      }
    },
    connected: () => {
      this.#settle();
      this.#failures = 0;
      this.#full = false;
      this.#become("live");
    },
    closed: (event: unknown) => {
      const { code } = event as { code?: number };
      clearTimeout(this.#pong);
      clearTimeout(this.#attempt);
      this.#full = code === TOO_MANY;
      if (code === 1000) {
        this.#settle();
        this.#become("idle");
      } else if (this.#state === "live") {
        this.#become("connecting");
      } else if (++this.#failures >= FAILURES || this.#full) {
        this.#settle();
        this.#become("lost");
      }
    },
    ping: (received: boolean) => {
      if (!received) {
        clearTimeout(this.#pong);
        this.#pong = setTimeout(() => this.#unanswered(), PONG);
      }
    },
    /** Any frame from the server proves that frames pass. */
    message: () => clearTimeout(this.#pong),
  };

  #unanswered() {
    this.#terminate();
    this.#settle();
    this.#become("lost");
  }

  #settle() {
    clearTimeout(this.#grace);
    clearTimeout(this.#pong);
    clearTimeout(this.#attempt);
    this.#grace = undefined;
  }

  #become(state: SocketState) {
    if (state !== this.#state) {
      this.#state = state;
      for (const listener of this.#listeners) {
        listener();
      }
    }
  }
}

export const useSocketState = (monitor: SocketMonitor): SocketState => useSyncExternalStore(monitor.subscribe, monitor.state);
