import { useSyncExternalStore } from "react";

/**
 * State of the WebSocket that carries the subscriptions of this page:
 *
 * - `idle`: no subscription needs a socket.
 * - `connecting`: the socket is being opened, for less than GRACE.
 * - `live`: the server acknowledged the socket and answers its pings.
 * - `lost`: the socket can't be opened, or the server has stopped answering. New attempts continue.
 */
export type SocketState = "idle" | "connecting" | "live" | "lost";

/** Interval between two pings, in milliseconds. A proxy that drops frames is detected within PING + PONG. */
export const PING = 5_000;
/** Time that the server has for a pong or an acknowledgement, in milliseconds. */
export const PONG = 3_000;
/** Time after which a socket that is still being opened is lost, in milliseconds. */
const GRACE = 3_000;
/** Maximum duration of an attempt to connect, in milliseconds. */
const ATTEMPT = 8_000;
/** Consecutive failures after which the socket is lost. The first failure may be an expired access token. */
const FAILURES = 2;

/** Close code of the server for too many sockets of an account or a network. */
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
        this.#update("connecting");
        this.#grace ??= setTimeout(() => this.#update("lost"), GRACE);
      }
    },
    connected: () => {
      this.#settle();
      this.#failures = 0;
      this.#full = false;
      this.#update("live");
    },
    closed: (event: unknown) => {
      const { code } = event as { code?: number };
      clearTimeout(this.#pong);
      clearTimeout(this.#attempt);
      this.#full = code === TOO_MANY;
      if (code === 1000) {
        this.#settle();
        this.#update("idle");
      } else if (this.#state === "live") {
        this.#update("connecting");
      } else if (++this.#failures >= FAILURES || this.#full) {
        this.#settle();
        this.#update("lost");
      }
    },
    ping: (received: boolean) => {
      if (!received) {
        clearTimeout(this.#pong);
        this.#pong = setTimeout(() => this.#unanswered(), PONG);
      }
    },
    /** Any frame of the server proves that the connection works. */
    message: () => clearTimeout(this.#pong),
  };

  #unanswered() {
    this.#terminate();
    this.#settle();
    this.#update("lost");
  }

  #settle() {
    clearTimeout(this.#grace);
    clearTimeout(this.#pong);
    clearTimeout(this.#attempt);
    this.#grace = undefined;
  }

  #update(state: SocketState) {
    if (state !== this.#state) {
      this.#state = state;
      for (const listener of this.#listeners) {
        listener();
      }
    }
  }
}

export const useSocketState = (monitor: SocketMonitor): SocketState => useSyncExternalStore(monitor.subscribe, monitor.state);
