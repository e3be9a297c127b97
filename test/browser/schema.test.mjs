// Introspection and the printed SDL are one schema, and released tools read both.
import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { DirectiveLocation, buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from "graphql";
import { diff } from "@graphql-inspector/core";

const url = (process.env.AUTHGRAPH_URL ?? "http://127.0.0.1:8080") + "/graphql";
const root = path.join(import.meta.dirname, "../..");

async function introspected() {
  const query = getIntrospectionQuery({
    specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true,
  });
  const response = await fetch(url, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  return buildClientSchema(data);
}

const printed = () => buildSchema(execFileSync("go", ["run", ".", "schema"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 24 }));

test("graphql-js: introspection and SDL print alike", async () => {
  const [client, server] = [await introspected(), printed()].map((schema) => printSchema(lexicographicSortSchema(schema)));
  assert.equal(client, server);
  assert.ok(!client.includes("@defer"));
});

test("graphql-inspector: no change from introspection to SDL but applied directives, which introspection cannot show", async () => {
  const changes = await diff(await introspected(), printed());
  assert.deepEqual(changes.filter(({ type }) => !type.startsWith("DIRECTIVE_USAGE_")), []);
});

test("introspection has the directives and locations of the released specification only", async () => {
  const schema = await introspected();
  assert.deepEqual(schema.getDirective("deprecated").locations, ["FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE"]);
  assert.equal(schema.getDirective("defer"), undefined);
  const response = await fetch(url, {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query: `{ __type(name: "__DirectiveLocation") { enumValues { name } } }` }),
  });
  const names = (await response.json()).data.__type.enumValues.map(({ name }) => name);
  const released = Object.values(DirectiveLocation).filter((location) => location !== "DIRECTIVE_DEFINITION");
  assert.deepEqual(names.sort(), released.sort());
});
