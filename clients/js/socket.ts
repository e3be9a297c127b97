// What graphql-ws's `createClient` has to be told for subscriptions over graphql-transport-ws. A socket lives as long as its
// access token, and comes back with a new one.

import type { Session } from "./session";

const FORBIDDEN = 4403;
const UNAUTHORIZED = 4401;

/** Milliseconds between tries to connect, from and to, while the server is out of reach. */
const SOON = 250;
const LATEST = 5_000;

/** `connected` is called when the socket has come back: what happened meanwhile has to be asked for. */
export function socketRules(session: Session, connected: () => void) {
  let sent: string | null = null;
  return {
    // Asked for anew at each connection.
    connectionParams: async (): Promise<Record<string, unknown>> => {
      sent = await session.token();
      return sent ? { Authorization: `Bearer ${sent}` } : {};
    },
    retryAttempts: Infinity,
    // 4403 comes at the end of each token's life; the session waits where it has to, and the rest is the network's.
    retryWait: async (retries: number) => {
      const wait = Math.min(SOON * 2 ** retries, LATEST);
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
    },
    // 4401 is among those that graphql-ws itself never retries.
    shouldRetry: () => session.state().kind === "in",
    on: {
      connected: (_socket: unknown, _payload: unknown, wasRetry: boolean) => {
        if (wasRetry) {
          connected();
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
