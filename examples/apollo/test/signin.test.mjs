// Signing in, staying signed in and signing out, with both deliveries, in Chromium against the real server.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Front } from "../../../clients/js/test/front.mjs";
import { serve } from "../../../clients/js/test/server.mjs";
import { ask, launch, open, register, signIn, signedIn, signedOut, until, visit } from "./browser.mjs";

let server, front, browser;
const visits = [];

before(async () => {
  server = await serve();
  front = await Front.open(server);
  browser = await launch();
});

afterEach(async () => {
  for (const { context, faults } of visits.splice(0)) {
    await context.close();
    assert.deepEqual(faults, [], "script errors");
  }
});

after(async () => {
  await browser?.close();
  await front?.close();
  await server?.close();
});

async function newClient(options) {
  const one = await visit(browser, front, options);
  visits.push(one);
  return one;
}

/** All that scripts of the page could read after it has gone. */
const kept = (page) =>
  page.evaluate(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, await indexedDB.databases()]));

test("COOKIE: the page reloads and stays signed in, and keeps no token", async () => {
  const { page } = await newClient();
  await register(page, "cookie@example.com", { stay: true });
  await page.reload();
  await signedIn(page, "cookie@example.com");
  assert.equal(await kept(page), '[{"authgraph.cookie":"1"},{},"",[]]');
});

test("BODY: tokens live in memory: a second tab has them, a reload of the only tab has not", async () => {
  const { context, page } = await newClient();
  await register(page, "body@example.com");
  const second = await open(context);
  await signedIn(second, "body@example.com");
  await page.reload();
  await signedIn(page, "body@example.com");
  assert.equal(await kept(page), '[{},{},"",[]]');
  await second.close();
  await page.reload();
  await signedOut(page);
});

test("a wrong password is answered with the server's words, and the address stays", async () => {
  const { page } = await newClient();
  await page.getByLabel("Email").fill("nobody@example.com");
  await page.getByLabel("Password").fill("not this one");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "The address or the password is wrong" }).waitFor();
  assert.equal(await page.getByLabel("Email").inputValue(), "nobody@example.com");
});

test("sessions show up and go as they begin and end elsewhere", async () => {
  const one = await newClient();
  await register(one.page, "live@example.com");
  assert.equal(await one.page.locator("[data-id]").count(), 1);
  const two = await newClient();
  await signIn(two.page, "live@example.com");
  await one.page.locator("[data-id]").nth(1).waitFor();
  await two.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await signedOut(two.page, "Signed out");
  await until("one session is left", async () => (await one.page.locator("[data-id]").count()) === 1);
});

test("revoked from another browser while a form is half filled: what was typed is not lost", async () => {
  const one = await newClient();
  await register(one.page, "typed@example.com", { stay: true });
  await one.page.getByLabel("Fields, one a line").fill("Query.users\nMutation.suspe");
  const two = await newClient();
  await signIn(two.page, "typed@example.com");
  await two.page.getByRole("button", { name: "End" }).click();
  await signedOut(one.page, "This session was ended");
  assert.equal(await one.page.getByTestId("email").isVisible(), false, "the account is still to be seen");
  await signIn(one.page, "typed@example.com", { stay: true });
  assert.equal(await one.page.getByLabel("Fields, one a line").inputValue(), "Query.users\nMutation.suspe");
});

test("what was typed is not for another account, nor there after signing out", async () => {
  const { page } = await newClient();
  await register(page, "first@example.com");
  await page.getByLabel("Fields, one a line").fill("private");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await signedOut(page, "Signed out");
  await register(page, "second@example.com");
  assert.equal(await page.getByLabel("Fields, one a line").inputValue(), "");
});

// Either the answer to logout is here first, or the word of the end on the sockets.
for (const [first, slow] of [["the answer", 0], ["the sockets", 1500]]) {
  test(`signing out everywhere ends the other tabs and the other browsers, ${first} first`, async (t) => {
    const email = `all${slow}@example.com`;
    const one = await newClient();
    await register(one.page, email, { stay: true });
    const tab = await open(one.context);
    await signedIn(tab, email);
    await tab.getByLabel("Fields, one a line").fill("private");
    const two = await newClient();
    await signIn(two.page, email);
    front.slow.Logout = slow;
    t.after(() => delete front.slow.Logout);
    await one.page.getByRole("button", { name: "Sign out everywhere" }).click();
    await signedOut(one.page, "Signed out everywhere");
    await signedOut(tab, "Signed out everywhere");
    await signedOut(two.page, "This session was ended");
    await one.page.reload();
    await signedOut(one.page);
    await signIn(tab, email);
    assert.equal(await tab.getByLabel("Fields, one a line").inputValue(), "", "what was typed is still there");
  });
}

for (const stay of [false, true]) {
  test(`${stay ? "COOKIE" : "BODY"}: who signs in again before logout is answered stays signed in`, async (t) => {
    const { page } = await newClient();
    const email = `again${stay}@example.com`;
    await register(page, email, { stay });
    front.slow.Logout = 4000;
    t.after(() => delete front.slow.Logout);
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await signedOut(page, "This session was ended");
    await signIn(page, email, { stay });
    const [logout] = front.passed.filter(({ operation }) => operation === "Logout").slice(-1);
    assert.equal(logout.status, 0, "logout was answered before anybody signed in");
    await until("logout is answered", () => logout.status !== 0);
    assert.equal(await ask(page), "allowed");
    if (stay) {
      await page.reload(); // the answer would have taken the cookie along
    }
    await signedIn(page, email);
  });
}

test("RATE_LIMITED: the form says in words how long to wait", async () => {
  const { page } = await newClient();
  front.instead.Login = [{ status: 429, extensions: { code: "RATE_LIMITED", retryAfter: 891 } }];
  await page.getByLabel("Email").fill("limited@example.com");
  await page.getByLabel("Password").fill("correct horse battery staple");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("Try again in 15 minutes.").waitFor();
});
