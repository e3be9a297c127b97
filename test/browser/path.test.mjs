// The pages below a path, behind a proxy that removes it:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 node --test path.test.mjs
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { after, before, test } from "node:test";
import { launch, newClient } from "./browser.mjs";
import { Console } from "./console.page.mjs";

assert.ok(process.env.AUTHGRAPH_URL, "AUTHGRAPH_URL must name the server, such as http://127.0.0.1:8080");
const server = new URL(process.env.AUTHGRAPH_URL);
const password = "correct horse battery staple";

let browser, proxy, origin;
const outside = []; // paths that the proxy was asked for and does not forward
before(async () => {
  browser = await launch();
  proxy = http.createServer(forward).on("upgrade", tunnel).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  origin = `http://127.0.0.1:${proxy.address().port}`;
});
after(async () => {
  await browser?.close();
  proxy?.closeAllConnections();
  proxy?.close();
});

/** The path at the server, or null for a path that does not begin with /auth/. */
function inner(request) {
  if (!request.url.startsWith("/auth/")) {
    outside.push(request.url);
    return null;
  }
  return request.url.slice("/auth".length);
}

function forward(request, response) {
  const path = inner(request);
  if (path === null) {
    response.writeHead(404).end();
    return;
  }
  const { hostname, port } = server;
  const onward = http.request({ hostname, port, path, method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

function tunnel(request, socket, head) {
  const path = inner(request);
  if (path === null) {
    socket.destroy();
    return;
  }
  const onward = net.connect(Number(server.port), server.hostname, () => {
    const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
    onward.write([`GET ${path} HTTP/1.1`, ...headers, "", ""].join("\r\n"));
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
}

async function openConsole(t) {
  outside.length = 0;
  const visit = await newClient(browser, origin, { viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  t.after(() => visit.context.close());
  return visit;
}

test("the playground loads below a path and reads the schema there", async (t) => {
  const { page, faults } = await openConsole(t);
  const schema = page.waitForResponse(`${origin}/auth/graphql`);
  await page.goto("/auth/");
  assert.equal((await schema).status(), 200);
  await page.locator(".graphiql-container .view-lines").first().waitFor();
  await page.waitForLoadState("networkidle");
  assert.deepEqual(outside, []);
  assert.deepEqual(faults, []);
});

for (const path of ["/auth/console", "/auth/console/"]) {
  test(`${path} signs in, opens a socket and stays signed in after a reload`, async (t) => {
    const { page, faults, context } = await openConsole(t);
    const person = new Console(page);
    await page.goto(path);
    const socket = page.waitForEvent("websocket");
    await person.register(`ada-${crypto.randomUUID().slice(0, 6)}@example.com`, password);
    await person.goTo("Sessions");
    await person.sessions.first().waitFor();
    assert.equal((await socket).url(), `${origin.replace("http", "ws")}/auth/graphql`);
    await page.reload();
    await person.isIn();
    const cookie = (await context.cookies()).find(({ name }) => name.includes("authgraph-refresh"));
    assert.equal(cookie?.path, "/", "a cookie with the prefix __Host- needs the path /");
    assert.deepEqual(outside, []);
    assert.deepEqual(faults, []);
  });
}
