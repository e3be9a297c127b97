import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { authLink } from "../../../clients/js/apollo";
import { exchangeAt } from "../../../clients/js/exchange";
import { Session } from "../../../clients/js/session";
import { socketOptions } from "../../../clients/js/socket";

const url = new URL("/graphql", location.href);
const socketURL = new URL(url);
socketURL.protocol = url.protocol.replace("http", "ws");

export const session = new Session(exchangeAt(url.href));

const socket = createClient({
  url: socketURL.href,
  ...socketOptions(session, () => void client.refetchQueries({ include: "active" })),
});

const http = ApolloLink.from([authLink(session), new HttpLink({ uri: url.href, credentials: "same-origin" })]);

export const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    http,
  ),
});

// What one account has seen is not for the next one, and a socket is its account's.
let seen: string | null = null;
session.subscribe(() => {
  const { kind, userId } = session.state();
  const now = kind === "signedIn" ? userId : null;
  if (seen !== null && now !== seen) {
    socket.terminate();
    void client.clearStore();
  }
  seen = now;
});
