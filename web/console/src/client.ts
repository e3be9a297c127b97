// Client of the public API. The refresh token is in a cookie that scripts cannot read, the access token in memory.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { authLink } from "#client/apollo";
import { exchangeAt } from "#client/exchange";
import { Session } from "#client/session";
import { socketOptions } from "#client/socket";
import { ReachabilityMonitor } from "./components/reachability";
import { PING, PONG, SocketMonitor } from "./components/socketstate";
import { OptionsDocument } from "./generated/operation";

// The pages show the data of an answer with denied fields.
declare module "@apollo/client" {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: "all";
      }
      interface Query {
        errorPolicy: "all";
      }
      interface Mutate {
        errorPolicy: "all";
      }
    }
  }
}

// The endpoint is next to the folder of the page. A proxy may serve both below a path.
const url = new URL("../graphql", document.baseURI);
const socketURL = new URL(url);
socketURL.protocol = url.protocol.replace("http", "ws");

export const reachability = new ReachabilityMonitor();

const exchange = exchangeAt(url.href);
export const session = new Session((token, signal) => reachability.exchange(signal, exchange(token, signal)));

export const socketMonitor = new SocketMonitor(() => socket.terminate());

const sessionOptions = socketOptions(session, () => void client.refetchQueries({ include: "active" }));
const socket = createClient({
  url: socketURL.href,
  ...sessionOptions,
  keepAlive: PING,
  connectionAckWaitTimeout: PONG,
  on: {
    ...socketMonitor.on,
    connected: (...event) => {
      socketMonitor.on.connected();
      sessionOptions.on.connected(...event);
    },
    closed: (event) => {
      socketMonitor.on.closed(event);
      sessionOptions.on.closed(event);
    },
  },
});

const http = ApolloLink.from([authLink(session), reachability.link, new HttpLink({ uri: url.href, credentials: "same-origin" })]);

export const client = new ApolloClient({
  cache: new InMemoryCache(),
  defaultOptions: { watchQuery: { errorPolicy: "all" }, query: { errorPolicy: "all" }, mutate: { errorPolicy: "all" } },
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    http,
  ),
});

// The next account must not see the cache of the last one. A socket belongs to a sign-in, and reconnects with the newest token.
let last = { userId: null as string | null, signIn: 0 };
session.subscribe(() => {
  const { kind, userId, signIn } = session.state();
  const now = { userId: kind === "signedIn" ? userId : null, signIn };
  if (last.userId !== null && (now.userId !== last.userId || signIn !== last.signIn)) {
    socket.terminate();
  }
  if (last.userId !== null && now.userId !== last.userId) {
    void client.clearStore();
  }
  if (now.userId !== null && (now.userId !== last.userId || signIn !== last.signIn)) {
    // A page that was hidden during the sign-out shows old data, and the last sign-in may have left requests unsent.
    void client.refetchQueries({ include: "active" });
  }
  last = now;
});

/** Maximum milliseconds of a probe of an unreachable server, and milliseconds between two probes. */
const PROBE_TIMEOUT = 3_000;
const PROBE_INTERVAL = 1_000;

let probing = false;
/** Sends small requests to an unreachable server until it answers. Waiting requests are then sent at once. */
async function probe() {
  if (probing) {
    return;
  }
  probing = true;
  do {
    const context = { anonymous: true, fetchOptions: { signal: AbortSignal.timeout(PROBE_TIMEOUT) } };
    await client.query({ query: OptionsDocument, fetchPolicy: "network-only", context }).catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, PROBE_INTERVAL));
  } while (reachability.current() !== "reached");
  probing = false;
}

reachability.subscribe(() => {
  if (reachability.current() === "reached") {
    dispatchEvent(new Event("online")); // `pause` of the session ends early
    for (const query of client.getObservableQueries("active")) {
      if (query.getCurrentResult().error) {
        void query.refetch();
      }
    }
  } else {
    void probe();
  }
});
// The cause of a lost socket may be a proxy or the server.
socketMonitor.subscribe(() => {
  if (socketMonitor.state() === "lost") {
    void probe();
  }
});
