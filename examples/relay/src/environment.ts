import { createClient } from "graphql-ws";
import { Environment, Network, Observable, RecordSource, Store, type GraphQLResponse } from "relay-runtime";
import { exchangeAt } from "../../../clients/js/exchange";
import { Session } from "../../../clients/js/session";
import { socketOptions } from "../../../clients/js/socket";
import { fetchWith } from "./network";

const url = new URL("/graphql", location.href);
const socketURL = new URL(url);
socketURL.protocol = url.protocol.replace("http", "ws");

export const session = new Session(exchangeAt(url.href));

/**
 * A store of its own for each account: what one has seen is not for the next one, and a socket is its account's. `missed` is
 * called when the socket has come back: what happened meanwhile has to be asked for.
 */
export function createEnvironment(missed: (environment: Environment) => void) {
  const socket = createClient({ url: socketURL.href, ...socketOptions(session, () => missed(environment)) });
  const environment = new Environment({
    network: Network.create(fetchWith(session, url.href), ({ text, name }, variables) =>
      Observable.create<GraphQLResponse>((sink) =>
        socket.subscribe({ query: text!, operationName: name, variables }, {
          next: (value) => sink.next(value as GraphQLResponse),
          error: (fault) => sink.error(fault instanceof Error ? fault : new Error("The subscription has ended", { cause: fault })),
          complete: () => sink.complete(),
        }),
      ),
    ),
    store: new Store(new RecordSource()),
  });
  return { environment, close: () => void socket.dispose() };
}
