// One graph of two subgraphs, in which each decides for itself what a caller may see.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { parse } from "graphql";
import { build, schemaOf, startAccounts } from "../accounts.mjs";
import { compose, startGateway } from "../gateway.mjs";
import { startPosts, typeDefs } from "../posts.mjs";

let accounts, posts, gateway, supergraph, ada, bob;
const asked = [];

async function ask(url, query, { token, variables, headers = {} } = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }), ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** Signing up goes to the account server itself, as signing in does. */
async function register(email) {
  const { data } = await ask(accounts.url, "mutation($i: RegisterInput!) { register(input: $i) { accessToken user { id } } }", {
    variables: { i: { email, password: "correct horse battery staple", displayName: email.split("@")[0] } },
  });
  return { token: data.register.accessToken, id: data.register.user.id, email };
}

before(async () => {
  const built = build();
  accounts = await startAccounts(built);
  posts = await startPosts(accounts.issuer);
  supergraph = compose([
    { name: "accounts", url: accounts.url, typeDefs: parse(schemaOf(built.program)) },
    { name: "posts", url: posts.url, typeDefs },
  ]);
  gateway = await startGateway(supergraph, { asks: (name, query) => asked.push({ name, query }) });
  ada = await register("ada@example.com");
  bob = await register("bob@example.com");
  for (const [who, title] of [[ada, "Notes on the engine"], [bob, "Groups"], [ada, "More notes"]]) {
    const { data } = await ask(gateway.url, "mutation($t: String!) { addPost(title: $t) { author { id } } }", { token: who.token, variables: { t: title } });
    assert.equal(data.addPost.author.id, who.id);
  }
});

after(async () => {
  await gateway?.stop();
  await posts?.stop();
  await accounts?.stop();
});

test("the gateway answers across both subgraphs, and what the caller may not see is null and FORBIDDEN", async () => {
  const { data, errors } = await ask(gateway.url, "{ posts { title author { displayName email } } }", { token: bob.token });
  assert.deepEqual(data.posts, [
    { title: "More notes", author: { displayName: "ada", email: null } },
    { title: "Groups", author: { displayName: "bob", email: "bob@example.com" } },
    { title: "Notes on the engine", author: { displayName: "ada", email: null } },
  ]);
  assert.deepEqual(new Set(errors.map(({ extensions }) => extensions.code)), new Set(["FORBIDDEN"]));
  assert.ok(!JSON.stringify(errors).includes("ada@example.com"));
});

test("from an account to its posts", async () => {
  const { data, errors } = await ask(gateway.url, "{ me { email posts { title author { email } } } }", { token: ada.token });
  assert.equal(errors, undefined);
  assert.deepEqual(data.me, {
    email: "ada@example.com",
    posts: [
      { title: "Notes on the engine", author: { email: "ada@example.com" } },
      { title: "More notes", author: { email: "ada@example.com" } },
    ],
  });
});

test("the users of a whole page are asked for at once", async () => {
  asked.length = 0;
  await ask(gateway.url, "{ posts { author { displayName } } }", { token: ada.token });
  assert.deepEqual(asked.map(({ name }) => name), ["posts", "accounts"]);
});

for (const [name, options] of Object.entries({
  "no token": {},
  "a token that does not count": { token: "nonsense" },
  "a header that says who it is": { headers: { "x-user-id": "user_01m85pwve3fzste6jxy89smjc7" } },
})) {
  test(`nothing of either subgraph for ${name}`, async () => {
    const direct = await ask(posts.url, "{ posts { title } }", options);
    assert.equal(direct.data.posts, null);
    assert.equal(direct.errors[0].extensions.code, "UNAUTHENTICATED");
    for (const query of ["{ posts { title } }", "{ me { email posts { title } } }"]) {
      const { data, errors } = await ask(gateway.url, query, options);
      assert.equal(errors[0].extensions.code, "UNAUTHENTICATED");
      assert.ok(Object.values(data ?? {}).every((value) => value === null), JSON.stringify(data));
    }
  });
}

test("a token in which somebody has changed whose it is is nobody's", async () => {
  const [head, , signature] = ada.token.split(".");
  const claims = JSON.parse(Buffer.from(ada.token.split(".")[1], "base64url").toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: bob.id })).toString("base64url");
  const { data, errors } = await ask(posts.url, 'mutation { addPost(title: "Forged") { id } }', { token: `${head}.${forged}.${signature}` });
  assert.equal(data.addPost, null);
  assert.equal(errors[0].extensions.code, "UNAUTHENTICATED");
});

const entities = "query($r: [_Any!]!) { _entities(representations: $r) { ... on User { id email } } }";
const representations = () => ({ r: [ada, bob].map(({ id }) => ({ __typename: "User", id })) });

test("entities called directly give no more than the policy", async () => {
  const asBob = await ask(accounts.url, entities, { token: bob.token, variables: representations() });
  assert.deepEqual(asBob.data._entities, [{ id: ada.id, email: null }, { id: bob.id, email: "bob@example.com" }]);
  assert.deepEqual(asBob.errors.map(({ path, extensions }) => [path.join("."), extensions.code]), [["_entities.0.email", "FORBIDDEN"]]);
  const asNobody = await ask(accounts.url, entities, { variables: representations() });
  assert.equal(asNobody.errors[0].extensions.code, "UNAUTHENTICATED");
  assert.ok(!JSON.stringify(asNobody).includes("@example.com"));
});

test("the supergraph has neither node nor nodes, and the service says what is composed", async () => {
  assert.doesNotMatch(supergraph, /^ {2}nodes?\(/m);
  assert.match(supergraph, /^type User\b/m);
  const { data } = await ask(accounts.url, "{ _service { sdl } }");
  assert.ok(compose([{ name: "accounts", url: accounts.url, typeDefs: parse(data._service.sdl) }, { name: "posts", url: posts.url, typeDefs }]).includes("join__Graph"));
});
