// The public API, as any client uses it: the refresh token in a cookie that scripts can't read, the access token in memory.

import { authLink } from "#examples/apollo/src/link";
import { exchangeAt } from "#examples/auth-client/exchange";
import { Session } from "#examples/auth-client/session";
import { socketRules } from "#examples/auth-client/socket";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";

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

export const session = new Session(exchangeAt(url.href));

const socket = createClient({
  url: socketURL.href,
  ...socketRules(session, () => void client.refetchQueries({ include: "active" })),
});

const http = ApolloLink.from([authLink(session), new HttpLink({ uri: url.href, credentials: "same-origin" })]);

export const client = new ApolloClient({
  cache: new InMemoryCache({
    typePolicies: {
      Query: { fields: { users: relayStylePagination(["filter", "orderBy"]), auditEvents: relayStylePagination(["filter"]) } },
    },
  }),
  defaultOptions: { watchQuery: { errorPolicy: "all" }, query: { errorPolicy: "all" }, mutate: { errorPolicy: "all" } },
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    http,
  ),
});

// What one account has seen is not for the next one, and a socket is its sign-in's: it comes back with the newest token.
let seen = { who: null as string | null, since: 0 };
session.subscribe(() => {
  const { kind, who, since } = session.state();
  const now = { who: kind === "in" ? who : null, since };
  if (seen.who !== null && (now.who !== seen.who || since !== seen.since)) {
    socket.terminate();
  }
  if (seen.who !== null && now.who !== seen.who) {
    void client.clearStore();
  }
  if (now.who !== null && (now.who !== seen.who || since !== seen.since)) {
    // What a page that was kept while its account was signed out shows, and what the sign-in before did not get to ask.
    void client.refetchQueries({ include: "active" });
  }
  seen = now;
});
