// A proxy in front of the server that does to a browser what proxies and outages do.
import http from "node:http";
import net from "node:net";

/**
 * Starts a proxy on a free port of 127.0.0.1. Its modes:
 *
 * - `upgrades`: whether it passes WebSocket upgrades. Without, it answers 400, as nginx without `proxy_set_header Upgrade` does.
 * - `frames`: whether it passes what the server sends over its sockets, open ones included.
 * - `answers`: whether it passes requests on. Without, they wait until the mode changes.
 *
 * `stop` closes the port and every connection, as a server does that dies; `start` opens the same port again.
 */
export async function proxyTo(origin) {
  const { hostname, port } = new URL(origin);
  const mode = { upgrades: true, frames: true, answers: true };
  const sockets = new Set();
  let server;
  let at = 0;

  function handle(request, response) {
    if (!mode.answers) {
      return; // no answer, and the connection stays open
    }
    const { method, url, headers } = request;
    const upstream = http.request({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    upstream.on("error", () => response.destroy());
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  }

  function upgrade(request, socket, head) {
    if (!mode.upgrades) {
      socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    const upstream = net.connect(port, hostname, () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2) {
        lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      }
      upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
      upstream.write(head);
      socket.pipe(upstream);
      upstream.on("data", (bytes) => mode.frames && socket.write(bytes));
    });
    for (const [one, other] of [[socket, upstream], [upstream, socket]]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  }

  async function start() {
    server = http.createServer(handle).on("upgrade", upgrade);
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => {});
    });
    await new Promise((resolve, reject) => server.once("error", reject).listen(at, "127.0.0.1", resolve));
    at = server.address().port;
  }

  async function stop() {
    const closed = new Promise((resolve) => server.close(resolve));
    sockets.forEach((socket) => socket.destroy());
    await closed;
  }

  await start();
  return { mode, start, stop, origin: `http://127.0.0.1:${at}` };
}
