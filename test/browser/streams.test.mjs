// The clients that people use for subscriptions, graphql-ws and graphql-sse, against a running server.
import { test } from "node:test";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createClient as createSocketClient } from "graphql-ws";
import { createClient as createEventClient } from "graphql-sse";
import WebSocket from "ws";

const url = (process.env.AUTHGRAPH_URL ?? "http://127.0.0.1:8080") + "/graphql";
const password = "correct horse battery staple";
const events = "subscription { sessionEvents { kind session { id current } } }";

async function ask(query, variables, token) {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json",
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

async function signIn(field, type, email) {
  const { data, errors } = await ask(
    `mutation($i: ${type}!) { ${field}(input: $i) { accessToken refreshToken session { id } } }`,
    { i: { email, password } },
  );
  assert.equal(errors, undefined);
  return data[field];
}

async function somebody() {
  const email = `${randomUUID()}@example.com`;
  return { email, ...(await signIn("register", "RegisterInput", email)) };
}

/** A client whose closing codes and connections are written down. */
function socketClient(connectionParams) {
  const seen = { closed: [], connected: 0 };
  const client = createSocketClient({
    url: url.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams,
    retryWait: async () => {},
    on: { connected: () => seen.connected++, closed: ({ code, reason }) => seen.closed.push(`${code} ${reason}`) },
  });
  return { client, seen };
}

const logoutAll = "mutation { logout(scope: ALL) { endedSessionIds } }";

/**
 * Signs in with ever new sessions until the subscription has said so: the server acknowledges a connection, but not the
 * beginning of a subscription.
 */
async function started(stream, email) {
  let over = false;
  const signingIn = (async () => {
    while (!over) {
      await signIn("login", "LoginInput", email);
    }
  })();
  const { value } = await stream.next();
  over = true;
  await signingIn;
  return value;
}

test("graphql-ws: a subscription, and its end with the session", async () => {
  const ada = await somebody();
  const { client, seen } = socketClient({ Authorization: `Bearer ${ada.accessToken}` });
  const stream = client.iterate({ query: events });
  const first = await started(stream, ada.email);
  assert.equal(first.data.sessionEvents.kind, "STARTED");
  assert.equal(first.data.sessionEvents.session.current, false);

  await ask(logoutAll, {}, ada.accessToken);
  await assert.rejects(async () => {
    for await (const _ of stream) {
      // What was sent before the end.
    }
  }, (error) => error.code === 4401 && error.reason === "SESSION_ENDED");
  assert.deepEqual(seen, { closed: ["4401 SESSION_ENDED"], connected: 1 }, "it must not come back by itself");
});

test("graphql-ws: comes back with a fresh token after 4403", async () => {
  const ada = await somebody();
  const tokens = ["stale", ada.accessToken];
  const { client, seen } = socketClient(() => ({ Authorization: `Bearer ${tokens.shift()}` }));
  const stream = client.iterate({ query: "{ me { email } }" });
  const { value } = await stream.next();
  assert.equal(value.data.me.email, ada.email);
  assert.equal(seen.closed[0], "4403 TOKEN_INVALID");
  assert.equal(tokens.length, 0, "connectionParams were asked for anew");
  await client.dispose();
});

test("graphql-ws: the client of docs/clients.md reads again after a reconnect", async () => {
  const page = await readFile(path.join(import.meta.dirname, "../../docs/clients.md"), "utf8");
  const [, code] = page.match(/```js graphql-ws\n([^]*?)```/);
  const sockets = [];
  class Socket extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
    }
  }
  const connect = new Function("createClient", "endpoint", "tokens", "readAgain", `${code}; return client;`);
  const ada = await somebody();
  let client;
  const read = new Promise((readAgain) => {
    client = connect((options) => createSocketClient({ ...options, webSocketImpl: Socket, retryWait: async () => {} }), url, ada, readAgain);
  });
  const stream = client.iterate({ query: events });
  const next = stream.next();
  while (sockets.length === 0 || sockets[0].readyState !== WebSocket.OPEN) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  sockets[0].terminate();
  await read;
  assert.equal(sockets.length, 2);
  await client.dispose();
  await next;
});

test("graphql-ws: queries, mutations and errors over one connection", async () => {
  const ada = await somebody();
  const { client, seen } = socketClient({ Authorization: `Bearer ${ada.accessToken}` });
  client.subscribe({ query: events }, { next() {}, error() {}, complete() {} }); // keeps the connection
  const one = async (query) => (await client.iterate({ query }).next()).value;
  assert.equal((await one("{ me { email } }")).data.me.email, ada.email);
  assert.equal((await one('mutation { revokeSession(id: "session_nonsense") { session { id } } }')).errors[0].extensions.code, "NOT_FOUND");
  await assert.rejects(() => one("{ nonsense }"), (errors) => errors[0].extensions.code === "GRAPHQL_VALIDATION_FAILED");
  assert.equal((await one("{ me { email } }")).data.me.email, ada.email, "the connection goes on");
  assert.deepEqual(seen, { closed: [], connected: 1 });
  await client.dispose();
});

test("graphql-sse: a subscription, and its end with the session", async () => {
  const ada = await somebody();
  const client = createEventClient({ url, headers: { Authorization: `Bearer ${ada.accessToken}` }, retryAttempts: 0 });
  const stream = client.iterate({ query: events });
  const first = await started(stream, ada.email);
  assert.equal(first.data.sessionEvents.kind, "STARTED");

  await ask(logoutAll, {}, ada.accessToken);
  let last;
  for await (const event of stream) {
    last = event;
  }
  assert.equal(last.errors[0].extensions.code, "UNAUTHENTICATED");
  assert.equal(last.errors[0].extensions.reason, "SESSION_ENDED");
  client.dispose();
});

test("graphql-sse: refused before the stream", async () => {
  const client = createEventClient({ url, headers: { Authorization: "Bearer nonsense" }, retryAttempts: 0 });
  await assert.rejects(() => client.iterate({ query: events }).next(), (error) => error.response?.status === 401);
  client.dispose();
});

test("graphql-sse: a document that is refused is an answer with errors, not a lost connection", async () => {
  const client = createEventClient({ url, retryAttempts: 0 });
  for (const [query, code] of [
    ["subscription { nope }", "GRAPHQL_VALIDATION_FAILED"], ["subscription {", "GRAPHQL_PARSE_FAILED"], ["{ nope }", "GRAPHQL_VALIDATION_FAILED"],
  ]) {
    const answers = [];
    for await (const answer of client.iterate({ query })) {
      answers.push(answer);
    }
    assert.deepEqual(answers.map(({ data, errors }) => [data, errors[0].extensions.code]), [[undefined, code]]);
  }
  client.dispose();
});

test("graphql-ws: an operation is given up, and others go on over the same connection", async () => {
  const ada = await somebody();
  const { client, seen } = socketClient({ Authorization: `Bearer ${ada.accessToken}` });
  client.subscribe({ query: events }, { next() {}, error() {}, complete() {} }); // keeps the connection
  for (let n = 0; n < 30; n++) {
    client.subscribe({ query: events }, { next() {}, error() {}, complete() {} })(); // at once
    const answer = (await client.iterate({ query: `{ a${n}: me { email } }` }).next()).value;
    assert.deepEqual(answer.data, { [`a${n}`]: { email: ada.email } });
  }
  assert.deepEqual(seen, { closed: [], connected: 1 });
  await client.dispose();
});

test("raw frames: closing codes of the protocol", async () => {
  const query = { type: "subscribe", id: "1", payload: { query: "{ __typename }" } };
  for (const [name, frames, code] of [
    ["subscribe before connection_init", [query], 4401],
    ["second connection_init", [{ type: "connection_init" }, { type: "connection_init" }], 4429],
    ["unknown type", [{ type: "connection_init" }, { type: "nonsense" }], 4400],
    ["payload that is no object", [{ type: "pong", payload: 1 }], 4400],
  ]) {
    const socket = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws");
    socket.on("open", () => frames.forEach((frame) => socket.send(JSON.stringify(frame))));
    const closed = await new Promise((resolve, reject) => {
      socket.on("close", resolve);
      socket.on("error", reject);
    });
    assert.equal(closed, code, name);
  }
  const socket = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws");
  socket.on("open", () => socket.send(JSON.stringify({ type: "ping", payload: { n: 1 } })));
  const answer = await new Promise((resolve) => socket.on("message", (data) => resolve(JSON.parse(String(data)))));
  assert.deepEqual(answer, { type: "pong", payload: { n: 1 } });
  socket.close();
});
