// What goes wrong between a page and its server. In each case the right person stays signed in.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Front } from "../../../clients/js/test/front.mjs";
import { serve } from "../../../clients/js/test/server.mjs";
import { ask, launch, open, register, signIn, signedIn, signedOut, until, visit } from "./browser.mjs";

const life = 5000;
let server, front, browser, visits, number = 0;

before(async () => {
  server = await serve({ AUTHGRAPH_ACCESS_TOKEN_TTL: `${life}ms` });
  browser = await launch();
});

beforeEach(async () => {
  await server.revive(); // a test that fails leaves it dead
  front = await Front.open(server);
  visits = [];
});

afterEach(async () => {
  for (const { context, faults } of visits) {
    await context.close();
    assert.deepEqual(faults, [], "script errors");
  }
  await front.close();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** Somebody who has just registered. `prepare` is done to the page before anything else. */
async function person(stay, prepare = async () => {}) {
  const email = `trouble${++number}@example.com`;
  const one = await visit(browser, front);
  visits.push(one);
  await prepare(one.page);
  await one.page.reload();
  await register(one.page, email, { stay });
  await until("a socket", () => front.sockets.size > 0);
  return { ...one, email };
}

/** That a page is signed in is one thing; that it can use it, and hears of what happens, another. */
async function works({ page, email }) {
  await signedIn(page, email);
  assert.equal(await ask(page), "allowed");
  const count = await page.locator("[data-id]").count();
  const other = await visit(browser, front);
  visits.push(other);
  await signIn(other.page, email);
  await until("the new session shows up", async () => (await page.locator("[data-id]").count()) === count + 1);
}

const exchanges = () => front.passed.filter(({ operation }) => operation === "Refresh");

for (const stay of [false, true]) {
  const delivery = stay ? "COOKIE" : "BODY";

  test(`${delivery}: the server is killed and starts again with open sockets`, async () => {
    const one = await person(stay);
    await server.end("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, life)); // the token runs out meanwhile
    await one.page.getByLabel("Fields, one a line").fill("Query.users");
    await one.page.getByRole("button", { name: "Ask" }).click();
    await one.page.getByText("The server can’t be reached").waitFor();
    await server.start();
    await one.page.locator(".answers").getByText("FORBIDDEN").waitFor();
    await works(one);
  });

  test(`${delivery}: the answers of an exchange are lost on the way, three times`, async () => {
    const one = await person(stay);
    front.lose("Refresh", 3);
    await until("the exchange that arrives", () => exchanges().some(({ status }) => status === 200));
    await works(one);
    assert.deepEqual(exchanges().slice(0, 4).map(({ status }) => status), [0, 0, 0, 200]);
  });

  test(`${delivery}: a laptop sleeps past the end of the access token`, async () => {
    const one = await person(stay, (page) => page.clock.install());
    front.cut();
    await new Promise((resolve) => setTimeout(resolve, life + 500)); // the server's clock can't be set
    front.mend();
    await one.page.clock.fastForward("08:00:00");
    await works(one);
  });

  test(`${delivery}: the network goes and comes back; what was asked meanwhile is answered`, async () => {
    const one = await person(stay);
    await one.context.setOffline(true);
    front.cut();
    await one.page.getByText("You are offline").waitFor();
    await one.page.getByLabel("Fields, one a line").fill("Query.users");
    await one.page.getByRole("button", { name: "Ask" }).click();
    await new Promise((resolve) => setTimeout(resolve, life + 500)); // longer than the token lives
    front.mend();
    await one.context.setOffline(false);
    await one.page.locator(".answers").getByText("FORBIDDEN").waitFor();
    await works(one);
  });

  test(`${delivery}: signing out while the server is out of reach takes nothing from who signs in next`, async () => {
    const one = await person(stay);
    const tab = await open(one.context);
    await signedIn(tab, one.email);
    front.cut();
    await new Promise((resolve) => setTimeout(resolve, life)); // the token runs out meanwhile: logout waits for an exchange
    const began = Date.now();
    await one.page.getByRole("button", { name: "Sign out", exact: true }).click();
    await signedOut(one.page, "Signed out in this browser only");
    await signedOut(tab, "Signed out in this browser only");
    assert.ok(Date.now() - began < 7000, `signed out after ${Date.now() - began} ms`);
    front.mend();

    const before = exchanges().length;
    await one.page.reload();
    await signedOut(one.page);
    assert.equal(exchanges().length, before, "the cookie that is left was exchanged");

    const email = `next-${one.email}`;
    await register(tab, email, { stay });
    await signedIn(one.page, email);
    await works({ page: tab, email });
    assert.equal(front.count("Logout"), 0, "the logout was sent after all");
    await tab.reload();
    await signedIn(tab, email);
  });
}

for (const [name, wrong] of [["slow", -300_000], ["fast", 300_000]]) {
  test(`a clock that is five minutes ${name}: one exchange for an expiry, as with a right one`, async () => {
    const one = await person(true, (page) => page.clock.install({ time: Date.now() + wrong }));
    await until("two exchanges", () => exchanges().length >= 2);
    assert.equal(await ask(one.page), "allowed");
    const gaps = exchanges().slice(1).map(({ at }, i) => at - exchanges()[i].at);
    assert.deepEqual(gaps.filter((gap) => gap < life / 2), []);
    assert.deepEqual(front.passed.filter(({ status }) => status !== 200), []);
  });
}

for (const code of ["OVERLOADED", "RATE_LIMITED", "SERVICE_UNAVAILABLE"]) {
  test(`${code}: sent again when the server said, and nobody is signed out`, async () => {
    const one = await person(true);
    front.instead.Can = [{ status: code === "RATE_LIMITED" ? 429 : 503, extensions: { code, retryAfter: 2 } }];
    front.instead.Refresh = [{ status: code === "RATE_LIMITED" ? 429 : 503, extensions: { code, retryAfter: 2 } }];
    assert.equal(await ask(one.page), "allowed");
    const [first, second] = front.passed.filter(({ operation }) => operation === "Can");
    assert.ok(second.at - first.at >= 2000, `again after ${second.at - first.at} ms`);
    const [busy, done] = await until("a second exchange", () => exchanges().length >= 2 && exchanges());
    assert.ok(done.at - busy.at >= 2000, `exchanged again after ${done.at - busy.at} ms`);
    await works(one);
  });
}

test("UNAUTHENTICATED: once more after an exchange, and not a third time", async () => {
  const one = await person(true);
  const refusal = { status: 401, extensions: { code: "UNAUTHENTICATED", reason: "TOKEN_INVALID" } };
  front.instead.Can = [refusal, refusal, refusal];
  await one.page.getByRole("button", { name: "Ask" }).click();
  await one.page.getByRole("alert").getByText("Not now").waitFor();
  assert.equal(front.count("Can"), 2);
  assert.equal(exchanges().length, 1);
  await signedIn(one.page, one.email);
});

for (const [code, said] of [["REFRESH_TOKEN_REUSED", "another client used it too"], ["REFRESH_TOKEN_INVALID", "This session was ended"]]) {
  test(`${code}: sign in again, and be told why`, async () => {
    const one = await person(false);
    front.instead.Refresh = [{ status: 200, extensions: { code } }];
    await signedOut(one.page, said);
    assert.equal(exchanges().length, 1);
  });
}
