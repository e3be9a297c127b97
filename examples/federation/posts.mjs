// A subgraph of posts by users. It knows who asks from the access token alone, which it verifies by itself: any other header
// could be written by whoever reaches it.
import { readFileSync } from "node:fs";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { GraphQLError, parse } from "graphql";

export const typeDefs = parse(readFileSync(new URL("posts.graphql", import.meta.url), "utf8"));

/** Serves the subgraph for accounts of the given issuer. Posts are kept in memory. */
export async function startPosts(issuer, port = 0) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  const posts = [];

  async function caller(request) {
    const [, token] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
    if (!token) return null;
    try {
      const options = { issuer, audience: issuer, typ: "at+jwt", algorithms: ["ES256"], requiredClaims: ["sub", "exp"] };
      return (await jwtVerify(token, keys, options)).payload.sub;
    } catch {
      return null; // a token that does not count is nobody's
    }
  }

  const signedIn = (resolve) => (parent, args, { caller }) => {
    if (!caller) throw new GraphQLError("Could not validate credentials", { extensions: { code: "UNAUTHENTICATED" } });
    return resolve(parent, args, caller);
  };

  const server = new ApolloServer({
    stopOnTerminationSignals: false, // whoever started it stops it
    includeStacktraceInErrorResponses: false,
    schema: buildSubgraphSchema({
      typeDefs,
      resolvers: {
        Query: { posts: signedIn(() => posts.toReversed()) },
        Mutation: {
          addPost: signedIn((_, { title }, author) => {
            const post = { id: String(posts.length + 1), title, author };
            posts.push(post);
            return post;
          }),
        },
        Post: {
          __resolveReference: signedIn(({ id }) => posts.find((post) => post.id === id) ?? null),
          author: ({ author }) => ({ __typename: "User", id: author }),
        },
        User: { posts: signedIn(({ id }) => posts.filter(({ author }) => author === id)) },
      },
    }),
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: "127.0.0.1", port },
    context: async ({ req }) => ({ caller: await caller(req) }),
  });
  return { url, stop: () => server.stop() };
}
