// The rules of clients/js by themselves, with the browser's own locks and channels, and a server that the tests play.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { launch, until } from "./browser.mjs";

const origin = "http://localhost:1";
let browser, context, script;

before(async () => {
  const folder = fileURLToPath(new URL("../../../clients/js", import.meta.url));
  const entry = ["session", "send"].map((file) => `export * from ${JSON.stringify(`${folder}/${file}.ts`)};`).join("\n");
  const [{ output }] = await build({
    configFile: false,
    logLevel: "warn",
    build: { target: "es2023", write: false, lib: { entry: "rules", formats: ["es"] } },
    plugins: [{ name: "rules", resolveId: (id) => (id.endsWith("rules") ? "rules" : null), load: (id) => (id === "rules" ? entry : null) }],
  });
  script = output[0].code;
  browser = await launch();
});

beforeEach(async () => {
  context = await browser.newContext();
  await context.route(`${origin}/**`, (route) =>
    route.request().url().endsWith(".js")
      ? route.fulfill({ contentType: "text/javascript", body: script })
      : route.fulfill({ contentType: "text/html", body: "<!doctype html>" }),
  );
});

afterEach(() => context.close());
after(() => browser?.close());

/** A tab with a session, whose exchanges wait until the test answers them: `exchanges[i].resolve(outcome)`. */
async function tab() {
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  await page.evaluate(async () => {
    const { Session, send } = await import("/rules.js");
    const exchanges = [];
    const session = new Session((token, signal) => {
      const exchange = { token, signal, ...Promise.withResolvers() };
      signal.addEventListener("abort", () => exchange.resolve({ kind: "retry", after: null }));
      exchanges.push(exchange);
      return exchange.promise;
    });
    /** `lives`: seconds. A thousandth has run out before it is used. */
    const tokens = (name, lives = 600) => ({ user: { id: name }, accessToken: name, refreshToken: `r-${name}`, expiresIn: lives });
    /** Sends an operation, and writes down with which tokens it went and what came of it. `answers`: verdicts, in turn. */
    const begin = (answers = [], operation = {}) => {
      const began = { sent: [], result: null };
      began.done = send(session, { anonymous: false, repeatable: false, ...operation }, async (token) => {
        began.sent.push(token);
        return { result: `answer ${began.sent.length}`, verdict: answers.shift() ?? { kind: "final" } };
      }).then((result) => (began.result = result), (fault) => (began.result = fault.name));
      return began;
    };
    Object.assign(window, { session, exchanges, tokens, begin, enter: (...how) => session.signIn(async () => tokens(...how)) });
  });
  return page;
}

const state = (page) => page.evaluate(() => session.state());

test("an operation that waits for an exchange is not sent once somebody else has signed in, in whichever tab", async () => {
  const [one, two] = [await tab(), await tab()];
  await one.evaluate(() => enter("ada", 0.001));
  await one.evaluate(() => (window.began = begin()));
  await until("an exchange", () => one.evaluate(() => exchanges.length === 1));
  await until("the other tab knows of it", async () => (await state(two)).userId === "ada");
  await two.evaluate(() => session.signOut(async () => true, { done: "done", unanswered: "unanswered" }));
  await two.evaluate(() => enter("eve"));
  await one.evaluate(() => began.done);
  assert.deepEqual(await one.evaluate(() => [began.sent, began.result]), [[], "SignInOver"]);
  assert.equal((await state(one)).userId, "eve");
  assert.deepEqual(await one.evaluate(async () => { const next = begin(); await next.done; return next.sent; }), ["eve"]);
});

test("an operation that waits for an exchange goes on with the new token, whoever exchanged it", async () => {
  const [one, two] = [await tab(), await tab()];
  await one.evaluate(() => enter("ada", 0.001));
  await one.evaluate(() => (window.began = begin()));
  await until("an exchange", () => one.evaluate(() => exchanges.length === 1));
  await two.evaluate(() => (window.began = begin()));
  await one.evaluate(() => exchanges[0].resolve({ kind: "exchanged", tokens: { ...tokens("ada"), accessToken: "newer" } }));
  for (const page of [one, two]) {
    await page.evaluate(() => began.done);
    assert.deepEqual(await page.evaluate(() => began.sent), ["newer"]);
  }
  assert.equal(await two.evaluate(() => exchanges.length), 0);
});

test("between two tries the sign-in changes: the first answer is the result", async () => {
  const page = await tab();
  for (const verdict of [{ kind: "retry", after: 8000 }, { kind: "unknown" }]) {
    await page.evaluate(() => enter("ada"));
    await page.evaluate((verdict) => (window.began = begin([verdict], { repeatable: true })), verdict);
    await until("a try", () => page.evaluate(() => began.sent.length === 1));
    await page.evaluate(() => enter("eve"));
    await page.evaluate(() => began.done);
    assert.deepEqual(await page.evaluate(() => [began.sent, began.result]), [["ada"], "answer 1"]);
  }
});

test("refused, and signed out during the exchange: it is not sent as nobody", async () => {
  const page = await tab();
  await page.evaluate(() => enter("ada"));
  await page.evaluate(() => (window.began = begin([{ kind: "stale" }])));
  await until("an exchange", () => page.evaluate(() => exchanges.length === 1));
  await page.evaluate(() => session.signOut(async () => true, { done: "done", unanswered: "unanswered" }));
  await page.evaluate(() => began.done);
  assert.deepEqual(await page.evaluate(() => [began.sent, began.result]), [["ada"], "answer 1"]);
});

test("what nobody waits for any more is not sent", async () => {
  const page = await tab();
  await page.evaluate(() => enter("ada", 0.001));
  const began = await page.evaluate(async () => {
    const given = new AbortController();
    const began = begin([], { signal: given.signal });
    while (exchanges.length === 0) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    given.abort();
    exchanges[0].resolve({ kind: "exchanged", tokens: tokens("ada") });
    await began.done;
    return began;
  });
  assert.deepEqual(began.sent, []);
});

test("a server that says to come back much later is not waited for", async () => {
  const page = await tab();
  await page.evaluate(() => enter("ada"));
  assert.equal(await page.evaluate(() => begin([{ kind: "retry", after: 60_000 }]).done), "answer 1");
});

test("a sign-out that is not answered is one of this browser after five seconds, and is given up", async () => {
  const [one, two] = [await tab(), await tab()];
  await one.evaluate(() => enter("ada"));
  const took = await one.evaluate(async () => {
    const began = performance.now();
    await session.signOut((signal) => new Promise(() => (window.asked = signal)), { done: "done", unanswered: "unanswered" });
    return performance.now() - began;
  });
  assert.ok(took > 4500 && took < 6500, `after ${took} ms`);
  assert.equal(await one.evaluate(() => asked.aborted), true);
  for (const page of [one, two]) {
    const { kind, userId, notice } = await state(page);
    assert.deepEqual({ kind, userId, notice }, { kind: "signedOut", userId: null, notice: "unanswered" });
  }
});

test("a sign-out is given up as soon as somebody has signed in anew, who stays signed in", async () => {
  const [one, two] = [await tab(), await tab()];
  await one.evaluate(() => enter("ada"));
  await one.evaluate(() => {
    const asked = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    window.left = session.signOut(asked, { done: "done", unanswered: "unanswered" });
    session.ended("ada"); // the sockets' word
  });
  await two.evaluate(() => enter("eve"));
  await one.evaluate(() => left);
  for (const page of [one, two]) {
    assert.equal((await state(page)).userId, "eve");
  }
});

test("a sign-in waits for an exchange that is under way, whose cookie would take the place of its own", async () => {
  const [one, two] = [await tab(), await tab()];
  await one.evaluate(() => enter("ada", 0.001));
  await one.evaluate(() => void session.token());
  await until("an exchange", () => one.evaluate(() => exchanges.length === 1));
  await two.evaluate(() => {
    window.entered = session.signIn(async () => ((window.asked = true), tokens("ada")));
  });
  await until("it waits", () => two.evaluate(async () => (await navigator.locks.query()).pending.length === 1));
  assert.equal(await two.evaluate(() => window.asked), undefined);
  await one.evaluate(() => exchanges[0].resolve({ kind: "exchanged", tokens: { ...tokens("ada"), accessToken: "newer" } }));
  assert.equal(await two.evaluate(() => entered), true);
  assert.equal(await two.evaluate(() => session.token()), "ada");
});

test("signing out ends an exchange that is under way, and the next person does not wait for it", async () => {
  const page = await tab();
  await page.evaluate(() => enter("ada", 0.001));
  await page.evaluate(() => void session.token());
  await until("an exchange", () => page.evaluate(() => exchanges.length === 1));
  await page.evaluate(() => session.signOut(async () => true, { done: "done", unanswered: "unanswered" }));
  assert.equal(await page.evaluate(() => exchanges[0].signal.aborted), true);
  await page.evaluate(() => enter("eve"));
  assert.equal(await page.evaluate(() => session.token()), "eve");
});
