// The pages in Chromium against the real server: what is asked of Relay's conventions, and one exchange for an expiry.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { Front } from "../../../clients/js/test/front.mjs";
import { serve } from "../../../clients/js/test/server.mjs";

const password = "correct horse battery staple";
const people = 12;
const contexts = [];
let server, front, browser;

before(async () => {
  server = await serve({ AUTHGRAPH_RATE_LIMITS: "false" });
  server.command(["user", "create", "--email", "admin@example.com", "--role", "admin", "--password-stdin"], password);
  for (let i = 1; i <= people; i++) {
    await register(server, `person${i}@example.com`);
  }
  front = await Front.open(server);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu"],
  });
});

afterEach(async () => {
  for (const { context, faults } of contexts.splice(0)) {
    await context.close();
    assert.deepEqual(faults, [], "script errors");
  }
});

after(async () => {
  await browser?.close();
  await front?.close();
  await server?.close();
});

async function ask(server, query, variables) {
  const answer = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined);
  return data;
}

const register = (server, email) => ask(server, "mutation($i: RegisterInput!) { register(input: $i) { user { id } } }", { i: { email, password } });
const login = (server, email) => ask(server, "mutation($i: LoginInput!) { login(input: $i) { session { id } } }", { i: { email, password } });

/** A browser of its own, signed in. `faults` is what its scripts did not expect. */
async function visitor(email, { at = front, ...options } = {}) {
  const context = await browser.newContext({ baseURL: at.url, locale: "en-GB", ...options });
  context.setDefaultTimeout(15_000);
  const faults = [];
  context.on("weberror", (error) => faults.push(String(error.error())));
  contexts.push({ context, faults });
  const page = await context.newPage();
  await page.goto("/");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByTestId("email").filter({ hasText: email }).waitFor();
  return page;
}

test("signing in: a wrong password is answered with the server's words; the right one shows the account, also after a reload", async () => {
  const page = await visitor("person1@example.com");
  await page.reload();
  await page.getByTestId("email").filter({ hasText: "person1@example.com" }).waitFor();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("status").filter({ hasText: "Signed out" }).waitFor();
  await page.getByLabel("Email").fill("person1@example.com");
  await page.getByLabel("Password").fill("not this one");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "The address or the password is wrong" }).waitFor();
});

test("a denied field is told as denied by @catch, and takes nothing with it", async () => {
  const page = await visitor("person2@example.com");
  assert.equal(await page.getByTestId("suspended").textContent(), "not for this account");
  assert.equal(await page.getByTestId("roles").textContent(), "user");
  await page.locator("[data-id]").first().waitFor();
  for (const title of ["Accounts", "Audit log"]) {
    const part = page.locator("section", { has: page.getByRole("heading", { name: title }) });
    assert.equal(await part.locator("p").textContent(), "Not shown: this account may not see it, or it could not be loaded.");
  }
});

test("an administrator pages through the accounts, and searches", async () => {
  const page = await visitor("admin@example.com");
  const rows = page.locator("[data-user]");
  assert.equal(await page.getByTestId("suspended").textContent(), "—");
  assert.equal(await rows.count(), 5);
  await page.getByRole("button", { name: "More accounts" }).click();
  await rows.nth(9).waitFor();
  await page.getByRole("button", { name: "More accounts" }).click();
  await rows.nth(people).waitFor();
  assert.equal(await page.getByRole("button", { name: "More accounts" }).count(), 0);
  const ids = await rows.evaluateAll((all) => all.map(({ dataset }) => dataset.user));
  assert.equal(new Set(ids).size, people + 1, "each account once");
  await page.getByLabel("Beginning of an address").fill("person1");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("heading", { name: "Accounts 4" }).waitFor(); // 1, 10, 11, 12
  assert.equal(await rows.count(), 4);
});

test("the audit log pages back, and what happens shows up on top, each event once", async () => {
  const page = await visitor("admin@example.com");
  const events = page.locator("[data-event]");
  await page.getByRole("button", { name: "Earlier events" }).click();
  await events.nth(9).waitFor();
  await login(server, "person3@example.com");
  await page.getByTestId("audit").locator("li").first().filter({ hasText: "person3@example.com" }).waitFor();
  const ids = await events.evaluateAll((all) => all.map(({ dataset }) => dataset.event));
  assert.equal(new Set(ids).size, ids.length, "an event is there twice");
});

test("sessions show up and go as they begin and end elsewhere", async () => {
  const page = await visitor("person4@example.com");
  const own = page.locator("[data-id]");
  assert.equal(await own.count(), 2, "this browser, and the one that registered");
  const other = await visitor("person4@example.com");
  await own.nth(2).waitFor();
  await other.getByRole("button", { name: "Sign out", exact: true }).click();
  await own.nth(2).waitFor({ state: "detached" });
});

test("an account is fetched again by its id", async () => {
  const page = await visitor("person5@example.com");
  const before = front.count("profileRefetchQuery");
  await page.getByRole("button", { name: "Reload" }).click();
  await page.getByRole("button", { name: "Reload", disabled: false }).waitFor();
  assert.equal(front.count("profileRefetchQuery"), before + 1);
  assert.equal(await page.getByTestId("email").textContent(), "person5@example.com");
  assert.equal(await page.getByTestId("suspended").textContent(), "not for this account");
});

test("a token that has run out is exchanged once, and nobody is signed out", async (t) => {
  const hasty = await serve({ AUTHGRAPH_ACCESS_TOKEN_TTL: "5s" });
  t.after(() => hasty.close());
  const at = await Front.open(hasty);
  t.after(() => at.close());
  await register(hasty, "soon@example.com");
  const page = await visitor("soon@example.com", { at });
  const before = at.count("Refresh");
  // The socket ends with its token, and comes back with the new one.
  await page.waitForResponse((answer) => answer.request().postData()?.includes('"Refresh"') === true && answer.ok());
  await page.waitForResponse((answer) => answer.request().postData()?.includes('"homeQuery"') === true && answer.ok());
  await page.getByRole("button", { name: "Reload" }).click();
  await page.getByRole("button", { name: "Reload", disabled: false }).waitFor();
  const exchanges = at.passed.filter(({ operation }) => operation === "Refresh").slice(before);
  assert.equal(new Set(exchanges.map(({ presented }) => presented)).size, exchanges.length, "a token was exchanged twice");
  assert.deepEqual(exchanges.filter(({ status, codes }) => status !== 200 || codes.length > 0), []);
  assert.equal(await page.getByTestId("email").textContent(), "soon@example.com");
});

test("a session that ends elsewhere leaves what was typed for when its account signs in again", async () => {
  const page = await visitor("admin@example.com");
  await page.getByLabel("Beginning of an address").fill("half a wor");
  const other = await visitor("admin@example.com");
  await other.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("status").filter({ hasText: "This session was ended" }).waitFor();
  assert.equal(await page.getByTestId("email").isVisible(), false, "the account is still to be seen");
  await page.getByLabel("Email").fill("admin@example.com");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByTestId("email").filter({ visible: true }).waitFor();
  assert.equal(await page.getByLabel("Beginning of an address").inputValue(), "half a wor");
});

test("signing out while the server does not answer is one of this browser, and takes nothing from who signs in next", async () => {
  const page = await visitor("person6@example.com");
  await page.route("**/graphql", () => {}); // no answer
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("status").filter({ hasText: "Signed out in this browser only" }).waitFor();
  await page.unrouteAll();
  const before = front.count("Refresh");
  await page.reload();
  await page.getByLabel("Email").fill("person7@example.com");
  assert.equal(front.count("Refresh"), before, "the cookie that is left was exchanged");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByTestId("email").filter({ hasText: "person7@example.com" }).waitFor();
  await page.reload();
  await page.getByTestId("email").filter({ hasText: "person7@example.com" }).waitFor();
});

test("pictures, for people to look at", async () => {
  for (const [name, options] of Object.entries({
    desktop: { viewport: { width: 1280, height: 860 }, colorScheme: "light" },
    "phone-dark": { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  })) {
    const page = await visitor("admin@example.com", options);
    await page.screenshot({ path: join(process.env.ARTIFACTS ?? tmpdir(), `relay-${name}.png`), fullPage: true });
  }
});
