// All three at fixed ports, until Ctrl-C.
import { parse } from "graphql";
import { build, schemaOf, startAccounts } from "./accounts.mjs";
import { compose, startGateway } from "./gateway.mjs";
import { startPosts, typeDefs } from "./posts.mjs";

const built = build();
const accounts = await startAccounts(built, 8080);
const posts = await startPosts(accounts.issuer, 4001);
const supergraph = compose([
  { name: "accounts", url: accounts.url, typeDefs: parse(schemaOf(built.program)) },
  { name: "posts", url: posts.url, typeDefs },
]);
const gateway = await startGateway(supergraph, { port: 4000 });
console.log(`Gateway   ${gateway.url}\nAccounts  ${accounts.url} (sign in here)\nPosts     ${posts.url}`);

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);

async function stop() {
  await gateway.stop();
  await posts.stop();
  await accounts.stop();
}
