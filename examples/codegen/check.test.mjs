// A change of the schema that breaks this client makes the checks fail, and they say which operation it is.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const here = new URL(".", import.meta.url).pathname;
const schema = readFileSync(join(here, "../../schema.graphqls"), "utf8");
const documents = readdirSync(join(here, "src")).filter((name) => name.endsWith(".graphql")).map((name) => join("src", name));

/** Runs a command in a folder; returns its exit status and what it printed. */
async function run(cwd, command, ...args) {
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd });
    return { status: 0, said: stdout };
  } catch (error) {
    return { status: error.code, said: `${error.stdout}${error.stderr}` };
  }
}

/** The schema with something taken out or renamed, in a folder that goes with the test. */
function changed(t, from, to) {
  assert.match(schema, from);
  const dir = mkdtempSync(join(tmpdir(), "codegen-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, "schema.graphqls"), schema.replace(from, to));
  return dir;
}

test("the schema as it is breaks nothing", async () => {
  const { status, said } = await run(here, "node", "check.mjs", "../../schema.graphqls", ...documents);
  assert.deepEqual({ status, said }, { status: 0, said: "" });
});

const breaks = [
  { name: "a removed permission", from: /\n  ".*"\n  SESSIONS_REVOKE\n/, to: "\n", says: ["mutation CreateSupport", '"SESSIONS_REVOKE" does not exist in "Permission"'] },
  { name: "a renamed field", from: /\n  lastUsedAt:/, to: "\n  usedAt:", says: ["query Sessions", "subscription SessionEvents", '"lastUsedAt"'] },
  { name: "a dropped enum value", from: /\n  ".*"\n  COOKIE\n/, to: "\n", says: ["mutation Login", '"COOKIE" does not exist in "TokenDelivery"'] },
];

for (const { name, from, to, says } of breaks) {
  test(`${name} is told, with its operation`, async (t) => {
    const dir = changed(t, from, to);
    const { status, said } = await run(here, "node", "check.mjs", join(dir, "schema.graphqls"), ...documents);
    assert.equal(status, 1);
    for (const words of says) {
      assert.ok(said.includes(words), `${JSON.stringify(words)} is not in:\n${said}`);
    }
  });
}

test("a dropped error code no longer compiles", async (t) => {
  const dir = changed(t, /\n  ".*"\n  OVERLOADED\n/, "\n");
  cpSync(join(here, "src"), join(dir, "src"), { recursive: true });
  for (const name of ["codegen.ts", "tsconfig.json", "package.json"]) {
    cpSync(join(here, name), join(dir, name));
  }
  symlinkSync(join(here, "node_modules"), join(dir, "node_modules"));
  const generated = await run(dir, "env", "SCHEMA=schema.graphqls", "node_modules/.bin/graphql-codegen");
  assert.equal(generated.status, 0, generated.said);
  const { status, said } = await run(dir, "node_modules/.bin/tsc", "--noEmit");
  assert.notEqual(status, 0);
  assert.match(said, /error\.ts.*'Overloaded' does not exist/);
});
