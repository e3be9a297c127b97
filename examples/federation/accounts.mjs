// The account server, as a subgraph: this project's own binary, with AUTHGRAPH_FEDERATION=true.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Builds the program, and returns how it is called. */
export function build() {
  const dir = mkdtempSync(join(tmpdir(), "federation-"));
  const program = join(dir, "authgraph");
  execFileSync("go", ["build", "-pgo=off", "-o", program, "."], { cwd: new URL("../..", import.meta.url).pathname, stdio: "inherit" });
  return { program, dir };
}

/** The schema that a supergraph is composed from. */
export function schemaOf(program) {
  return execFileSync(program, ["schema", "--federation"], { encoding: "utf8" });
}

export async function startAccounts({ program, dir }, port = 0) {
  const address = `127.0.0.1:${port || (await freePort())}`;
  const env = {
    ...process.env, AUTHGRAPH_ADDR: address, AUTHGRAPH_DATA_DIR: join(dir, "data"), AUTHGRAPH_FEDERATION: "true", AUTHGRAPH_PLAYGROUND: "false",
  };
  const server = spawn(program, ["serve"], { env, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(server, "exit");
  await Promise.race([
    once(server.stdout, "data"), // it says where it listens
    ended.then(([code]) => Promise.reject(new Error(`authgraph ended with ${code}`))),
  ]);
  return {
    issuer: `http://${address}`,
    url: `http://${address}/graphql`,
    async stop() {
      server.kill("SIGTERM");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
