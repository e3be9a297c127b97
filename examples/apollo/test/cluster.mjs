// A PostgreSQL of the test's own, on a socket in a folder that goes with it. PostgreSQL does not run as root: then it runs
// as the account that its package made.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Null where there is no PostgreSQL. `settings` are for each server that shares it. */
export async function cluster() {
  const bin = await binaries();
  if (!bin) {
    return null;
  }
  const dir = await mkdtemp(join(tmpdir(), "apollo-pg-"));
  const as = process.getuid() === 0 ? { uid: id("-u"), gid: id("-g") } : {};
  if (as.uid) {
    await chown(dir, as.uid, as.gid);
  }
  await chmod(dir, 0o700);
  const data = join(dir, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "test", "-A", "trust", "--no-sync"], { ...as, cwd: dir, stdio: "ignore" });
  const options = ["-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=100"];
  const postgres = spawn(join(bin, "postgres"), options, { ...as, cwd: dir, stdio: "ignore" });
  const exited = once(postgres, "exit");
  // The socket is there before connections are accepted.
  while (spawnSync(join(bin, "pg_isready"), ["-q", "-h", dir, "-U", "test", "-d", "postgres"]).status !== 0) {
    if (postgres.exitCode !== null) {
      throw new Error(`postgres ended with ${postgres.exitCode}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    settings: {
      DATABASE_URL: `postgres://test@/postgres?host=${dir}`,
      AUTHGRAPH_SECRETS: `test:${randomBytes(32).toString("base64")}`,
      AUTHGRAPH_ISSUER: "http://127.0.0.1:8080",
      AUTHGRAPH_DATABASE_CONNECTIONS: "8",
    },
    async close() {
      postgres.kill("SIGQUIT");
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function binaries() {
  if (process.env.PGTEST_BIN) {
    return process.env.PGTEST_BIN;
  }
  const root = "/usr/lib/postgresql"; // Debian, Ubuntu
  const versions = await readdir(root).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a)).find((version) => existsSync(join(root, version, "bin/postgres")));
  return newest ? join(root, newest, "bin") : null;
}

function id(option) {
  return Number(execFileSync("id", [option, "postgres"]));
}
