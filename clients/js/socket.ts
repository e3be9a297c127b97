// Options of graphql-ws for subscriptions over graphql-transport-ws. The server closes a socket when its access token expires.

import type { Session } from "./session";

/** Close codes of the server: the token is invalid or expired, and the session has ended. */
const FORBIDDEN = 4403;
const UNAUTHORIZED = 4401;

/** Minimum and maximum milliseconds between attempts to connect. */
const MIN_DELAY = 250;
const MAX_DELAY = 5_000;

/**
 * Returns options for `createClient` of graphql-ws. `onReconnect` is called when a socket was opened again: the page has to read
 * its data again, because events may be missing.
 */
export function socketOptions(session: Session, onReconnect: () => void) {
  let sent: string | null = null;
  return {
    // Called for each connection.
    connectionParams: async (): Promise<Record<string, unknown>> => {
      sent = await session.token();
      return sent ? { Authorization: `Bearer ${sent}` } : {};
    },
    retryAttempts: Infinity,
    // The session waits for an exchange after 4403. This delay is for a server that is unreachable.
    retryWait: async (retries: number) => {
      const delay = Math.min(MIN_DELAY * 2 ** retries, MAX_DELAY);
      await new Promise((resolve) => setTimeout(resolve, delay * (0.5 + Math.random())));
    },
    // graphql-ws itself never retries after 4401.
    shouldRetry: () => session.state().kind === "signedIn",
    on: {
      connected: (_socket: unknown, _payload: unknown, wasRetry: boolean) => {
        if (wasRetry) {
          onReconnect();
        }
      },
      closed: (event: unknown) => {
        const { code } = event as CloseEvent;
        if (code === FORBIDDEN && sent) {
          void session.refused(sent);
        }
        if (code === UNAUTHORIZED && sent) {
          session.ended(sent);
        }
      },
    },
  };
}
