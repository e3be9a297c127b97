// Verdicts of this server on documents, compared with those of graphql-js 16 and 17.
import { test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as v16 from "graphql";
import * as v17 from "graphql17";
import { Author, scrambled } from "./documents.mjs";

const root = path.join(import.meta.dirname, "../..");
const sdl = readFileSync(path.join(root, "schema.graphqls"), "utf8");
const schema16 = v16.buildSchema(sdl);
const schema17 = v17.buildSchema(sdl);

/** Why a version of graphql-js refuses a document; "" if it accepts it. */
function refusal({ parse, validate }, schema, document) {
  try {
    return validate(schema, parse(document))[0]?.message ?? "";
  } catch (error) {
    return error.message;
  }
}

/** Verdicts of this server: an error code, or "". */
function served(documents) {
  const { stdout, stderr, status } = spawnSync("go", ["run", "./graph/document/verdict", "schema.graphqls"], {
    cwd: root, encoding: "utf8", maxBuffer: 1 << 28, input: documents.map((document) => JSON.stringify(document)).join("\n"),
  });
  assert.equal(status, 0, stderr);
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

/** Differences between 16 and 17 in which this server follows 17, by what 17 says. */
const as17 = [
  // 16 accepts a subscription that leaves all of its root fields out by @skip or @include, and executes nothing.
  /^(Anonymous Subscription|Subscription ".*") must not use `@skip` or `@include` directives in the top level selection\.$/,
];

test("4,000 random documents have the verdicts of graphql-js", () => {
  const documents = Array.from({ length: 4000 }, (_, seed) => {
    const document = new Author(schema16, seed).document();
    return seed % 4 === 3 ? scrambled(document, seed) : document;
  });
  const ours = served(documents);
  assert.equal(ours.length, documents.length);
  const count = { valid: 0, invalid: 0, unparsed: 0, as17: 0 };
  const differ = documents.filter((document, i) => {
    const refused16 = refusal(v16, schema16, document);
    const accepted = ours[i].code === "";
    count[accepted ? "valid" : ours[i].code === "GRAPHQL_PARSE_FAILED" ? "unparsed" : "invalid"]++;
    if (accepted === (refused16 === "")) {
      return false;
    }
    const refused17 = refusal(v17, schema17, document);
    const listed = accepted === (refused17 === "") && as17.some((pattern) => pattern.test(refused17));
    count.as17 += listed;
    return !listed;
  });
  assert.deepEqual(differ.slice(0, 10), [], `${differ.length} verdicts differ`);
  for (const [verdict, least] of [["valid", 1000], ["invalid", 500], ["unparsed", 500]]) {
    assert.ok(count[verdict] >= least, `got ${JSON.stringify(count)}, want at least ${least} ${verdict}`);
  }
});

test("the verdicts that the Go test holds are those of graphql-js 16", () => {
  const cases = JSON.parse(readFileSync(path.join(root, "graph/document/testdata/verdicts.json"), "utf8"));
  for (const { document, valid } of cases) {
    const refused = refusal(v16, schema16, document);
    const later = refusal(v17, schema17, document);
    assert.ok((refused === "") === valid || (later === "") === valid && as17.some((pattern) => pattern.test(later)), `${document}: ${refused}`);
  }
});
