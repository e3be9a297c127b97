// The schema of the subgraph composes in every router's composer.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse } from "graphql";
import * as apollo from "@apollo/composition";
import * as guild from "@theguild/federation-composition";
import * as cosmo from "@wundergraph/composition";
import { build, schemaOf } from "../accounts.mjs";

const grafbase = new URL("../node_modules/@grafbase/cli-x86_64-unknown-linux-musl/grafbase", import.meta.url).pathname;
let built, subgraphs;

before(() => {
  built = build();
  subgraphs = [
    { name: "accounts", url: "http://accounts.example/graphql", sdl: schemaOf(built.program) },
    { name: "posts", url: "http://posts.example/graphql", sdl: readFileSync(new URL("../posts.graphql", import.meta.url), "utf8") },
  ];
});

after(() => rmSync(built.dir, { recursive: true, force: true }));

const parsed = () => subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
const messages = (errors) => (errors ?? []).map(({ message }) => message);

test("Apollo's composer", () => {
  const { errors, supergraphSdl } = apollo.composeServices(parsed());
  assert.deepEqual(messages(errors), []);
  assert.match(supergraphSdl, /type User\b/);
});

test("the Guild's composer", () => {
  const { errors, supergraphSdl } = guild.composeServices(parsed());
  assert.deepEqual(messages(errors), []);
  assert.match(supergraphSdl, /type User\b/);
});

test("WunderGraph Cosmo's composer", () => {
  const { success, errors } = cosmo.federateSubgraphs({
    subgraphs: parsed().map(({ name, url, typeDefs }) => ({ name, url, definitions: typeDefs })),
    version: cosmo.LATEST_ROUTER_COMPATIBILITY_VERSION,
  });
  assert.deepEqual(messages(errors), []);
  assert.ok(success);
});

test("Grafbase's composer", { skip: !existsSync(grafbase) && "npm has its binary for this platform under another name" }, () => {
  const dir = mkdtempSync(join(tmpdir(), "grafbase-"));
  try {
    const config = subgraphs.map(({ name, url, sdl }) => {
      writeFileSync(join(dir, `${name}.graphql`), sdl);
      return `[subgraphs.${name}]\nurl = "${url}"\nschema_path = "${name}.graphql"\n`;
    });
    writeFileSync(join(dir, "grafbase.toml"), config.join("\n"));
    const composed = execFileSync(grafbase, ["--home", dir, "compose", "-c", "grafbase.toml"], { cwd: dir, encoding: "utf8" });
    assert.doesNotMatch(composed, /Error:/);
    assert.match(composed, /type User\b/);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
