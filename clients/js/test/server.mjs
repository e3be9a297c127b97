// The server under test: the real program, on data that goes with it.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env.AUTHGRAPH ?? new URL("../../../authgraph", import.meta.url).pathname;

/** A server that can be killed and started again at the same address on the same data. */
export async function serve(settings = {}) {
  const dir = await mkdtemp(join(tmpdir(), "apollo-"));
  const port = await freePort();
  const env = { ...process.env, AUTHGRAPH_ADDR: `127.0.0.1:${port}`, AUTHGRAPH_DATA_DIR: dir, AUTHGRAPH_BCRYPT_COST: "10", ...settings };
  const server = {
    port,
    url: `http://127.0.0.1:${port}`,
    log: "",
    process: null,
    async start() {
      this.process = spawn(program, ["serve"], { env });
      this.process.stdout.on("data", (text) => (this.log += text));
      this.process.stderr.on("data", (text) => (this.log += text));
      while (!(await fetch(`${this.url}/readyz`).then((r) => r.ok, () => false))) {
        if (this.process.exitCode !== null) {
          throw new Error(`the server ended: ${this.log}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    /** A command beside the running server, on the same data. */
    command(words, input = "") {
      return execFileSync(program, words, { env, input, encoding: "utf8", stdio: "pipe" });
    },
    /** As a fault would, or with SIGTERM as a restart does. */
    async end(signal = "SIGKILL") {
      if (this.process.exitCode === null && this.process.signalCode === null) {
        this.process.kill(signal);
        await once(this.process, "exit");
      }
    },
    async revive() {
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        await this.start();
      }
    },
    async close() {
      await this.end();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
