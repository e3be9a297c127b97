// The audits of the package graphql-http against a running server: GraphQL over HTTP as its authors read it.
import { test } from "node:test";
import assert from "node:assert/strict";
import { serverAudits } from "graphql-http";

const url = (process.env.AUTHGRAPH_URL ?? "http://127.0.0.1:8080") + "/graphql";

for (const audit of serverAudits({ url })) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    await result.response?.body?.cancel().catch(() => {});
    assert.equal(result.status, "ok", result.reason);
  });
}
