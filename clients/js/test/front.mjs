// What stands before the servers: it serves the built page and passes /graphql on, to each server in turn, counts what goes
// through, and loses what a test wants lost.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { extname, join } from "node:path";

/** Of the example whose tests run, in its folder. */
const dist = join(process.cwd(), "dist");
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

export class Front {
  /**
   * One for each request that came: when, operation, status (0: not answered), codes of the answer, who was asked, and the
   * refresh token that was presented.
   */
  passed = [];
  /** Milliseconds that each answer to an operation takes longer, by its name. */
  slow = {};
  /** Answers given in the server's place, by the operation's name, each once: a server that is busy is hard to have at will. */
  instead = {};
  /** Open sockets. */
  sockets = new Set();
  /** Whether the network is cut. */
  down = false;
  #servers;
  #next = 0;
  #lose = [];
  #http = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));

  static async open(...servers) {
    const front = new Front(servers);
    front.#http.on("upgrade", (incoming, socket, head) => front.#upgrade(incoming, socket, head));
    front.#http.listen(0, "127.0.0.1");
    await once(front.#http, "listening");
    front.url = `http://127.0.0.1:${front.#http.address().port}`;
    return front;
  }

  constructor(servers) {
    this.#servers = servers;
  }

  count(operation, since = 0) {
    return this.passed.filter((each) => each.operation === operation && each.at >= since).length;
  }

  /** The next answers to this operation never arrive, though the server has done what it was asked. */
  lose(operation, times = 1) {
    this.#lose.push(...Array(times).fill(operation));
  }

  cut() {
    this.down = true;
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  mend() {
    this.down = false;
  }

  async close() {
    this.cut();
    this.#http.close();
    this.#http.closeAllConnections();
    await once(this.#http, "close");
  }

  #server() {
    return this.#servers[this.#next++ % this.#servers.length];
  }

  async #serve(incoming, outgoing) {
    if (this.down) {
      incoming.socket.destroy();
    } else if (incoming.url === "/graphql") {
      await this.#pass(incoming, outgoing);
    } else {
      const path = new URL(incoming.url, this.url).pathname;
      const file = path === "/" ? "index.html" : path;
      const content = await readFile(join(dist, file)).catch(() => null);
      outgoing.writeHead(content ? 200 : 404, { "Content-Type": types[extname(file)] ?? "text/plain" });
      outgoing.end(content);
    }
  }

  async #pass(incoming, outgoing) {
    const body = Buffer.concat(await incoming.toArray().catch(() => []));
    const { operationName: operation, variables } = JSON.parse(body.toString() || "{}");
    const server = this.#server();
    const entry = { at: Date.now(), operation, status: 0, codes: [], port: server.port, presented: variables?.token ?? incoming.headers.cookie };
    this.passed.push(entry);
    const given = this.instead[operation]?.shift();
    if (given) {
      entry.status = given.status;
      outgoing.writeHead(given.status, { "Content-Type": "application/graphql-response+json" });
      outgoing.end(JSON.stringify({ errors: [{ message: "Not now", extensions: given.extensions }] }));
      return;
    }
    const options = { host: "127.0.0.1", port: server.port, path: incoming.url, method: incoming.method, headers: incoming.headers };
    const asked = request(options, async (answer) => {
      const text = Buffer.concat(await answer.toArray().catch(() => []));
      const lost = this.#lose.indexOf(operation);
      if (lost >= 0) {
        this.#lose.splice(lost, 1);
        incoming.socket.destroy();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, this.slow[operation] ?? 0));
      entry.status = answer.statusCode;
      entry.codes = [...text.toString().matchAll(/"(?:code|reason)":"(\w+)"/g)].map(([, code]) => code);
      outgoing.writeHead(answer.statusCode, answer.headers);
      outgoing.end(text);
    });
    asked.on("error", () => incoming.socket.destroy());
    asked.end(body);
  }

  #upgrade(incoming, socket, head) {
    if (this.down) {
      socket.destroy();
      return;
    }
    const server = connect(this.#server().port, "127.0.0.1", () => {
      const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
      for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
        lines.push(`${incoming.rawHeaders[i]}: ${incoming.rawHeaders[i + 1]}`);
      }
      server.write(`${lines.join("\r\n")}\r\n\r\n`);
      server.write(head);
      server.pipe(socket).pipe(server);
    });
    this.sockets.add(socket);
    const gone = () => {
      this.sockets.delete(socket);
      socket.destroy();
      server.destroy();
    };
    socket.on("error", gone).on("close", gone);
    server.on("error", gone).on("close", gone);
  }
}
