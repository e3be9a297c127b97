// urql with the typed documents, against the real server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createJiti } from "jiti";
import { serve } from "../../clients/js/test/server.mjs";

const { signIn } = await createJiti(import.meta.url).import("./src/urql.ts");
const email = "ada@example.com";
const password = "correct horse battery staple";

test("urql signs in and asks who that is; a wrong password has its code", async (t) => {
  const server = await serve();
  t.after(() => server.close());
  server.command(["user", "create", "--email", email, "--password-stdin"], password);
  const { me } = await signIn(`${server.url}/graphql`, email, password);
  assert.equal(me.email, email);
  assert.deepEqual(me.roles, ["user"]);
  assert.deepEqual(await signIn(`${server.url}/graphql`, email, "not this one"), { code: "INVALID_CREDENTIALS" });
});
