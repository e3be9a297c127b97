// The public API, as any client uses it: the refresh token in a cookie that scripts can't read, the access token in memory.

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

// A denied field is an error beside the rest of the answer, which the pages show all the same.
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

// The endpoint is next to the folder of the page: both may be below a path.
const url = new URL("../graphql", document.baseURI);
const socketURL = new URL(url);
socketURL.protocol = url.protocol.replace("http", "ws");

export const reach = new ReachabilityMonitor();

const exchange = exchangeAt(url.href);
export const session = new Session((token, signal) => reach.exchange(signal, exchange(token, signal)));

export const socketMonitor = new SocketMonitor(() => socket.terminate());

const rules = socketOptions(session, () => void client.refetchQueries({ include: "active" }));
const socket = createClient({
  url: socketURL.href,
  ...rules,
  keepAlive: PING,
  connectionAckWaitTimeout: PONG,
  on: {
    ...socketMonitor.on,
    connected: (...event) => {
      socketMonitor.on.connected();
      rules.on.connected(...event);
    },
    closed: (event) => {
      socketMonitor.on.closed(event);
      rules.on.closed(event);
    },
  },
});

const http = ApolloLink.from([authLink(session), reach.link, new HttpLink({ uri: url.href, credentials: "same-origin" })]);

export const client = new ApolloClient({
  cache: new InMemoryCache(),
  defaultOptions: { watchQuery: { errorPolicy: "all" }, query: { errorPolicy: "all" }, mutate: { errorPolicy: "all" } },
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    http,
  ),
});

// What one account has seen is not for the next one, and a socket is its sign-in's: it comes back with the newest token.
let seen = { userId: null as string | null, signIn: 0 };
session.subscribe(() => {
  const { kind, userId, signIn } = session.state();
  const now = { userId: kind === "signedIn" ? userId : null, signIn };
  if (seen.userId !== null && (now.userId !== seen.userId || signIn !== seen.signIn)) {
    socket.terminate();
  }
  if (seen.userId !== null && now.userId !== seen.userId) {
    void client.clearStore();
  }
  if (now.userId !== null && (now.userId !== seen.userId || signIn !== seen.signIn)) {
    // What a page that was kept while its account was signed out shows, and what the sign-in before did not get to ask.
    void client.refetchQueries({ include: "active" });
  }
  seen = now;
});

/** Milliseconds that a probe of a server out of reach may take, and between two probes. */
const PROBE = 3_000;
const BETWEEN = 1_000;

let probing = false;
/** Asks a server out of reach for something small until it answers. Requests that wait for their next attempt then go at once. */
async function probe() {
  if (probing) {
    return;
  }
  probing = true;
  do {
    const context = { anonymous: true, fetchOptions: { signal: AbortSignal.timeout(PROBE) } };
    await client.query({ query: OptionsDocument, fetchPolicy: "network-only", context }).catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN));
  } while (reach.reach() !== "reached");
  probing = false;
}

reach.subscribe(() => {
  if (reach.reach() === "reached") {
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
// A socket that can't be opened may be the proxy's doing, or the server may be down.
socketMonitor.subscribe(() => {
  if (socketMonitor.state() === "lost") {
    void probe();
  }
});
