// The gateway: one graph of both subgraphs. It passes the caller's token on and believes nothing else, so each subgraph decides
// for itself what the caller may see.
import { composeServices } from "@apollo/composition";
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

class Subgraph extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    if (context.authorization) {
      request.http.headers.set("authorization", context.authorization);
    }
  }
}

/** Composes subgraphs, each { name, url, typeDefs }, into the SDL of a supergraph. */
export function compose(subgraphs) {
  const { supergraphSdl, errors } = composeServices(subgraphs);
  if (errors) throw new AggregateError(errors, errors.map(({ message }) => message).join("\n"));
  return supergraphSdl;
}

/** Serves a supergraph. `asks` is told of each request to a subgraph. */
export async function startGateway(supergraphSdl, { port = 0, asks = () => {} } = {}) {
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name, url }) => {
      const subgraph = new Subgraph({ url });
      return {
        process: (options) => {
          asks(name, options.request.query);
          return subgraph.process(options);
        },
      };
    },
  });
  const server = new ApolloServer({ gateway, stopOnTerminationSignals: false, includeStacktraceInErrorResponses: false });
  const { url } = await startStandaloneServer(server, {
    listen: { host: "127.0.0.1", port },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return { url, stop: () => server.stop() };
}
