// The playground as a new person uses it, in a real browser against a real server:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 node --test playground.test.mjs
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { kept, launch, visitor } from "./browser.mjs";
import { Playground } from "./playground.page.mjs";

assert.ok(process.env.AUTHGRAPH_URL, "AUTHGRAPH_URL must name the server, such as http://127.0.0.1:8080");
const origin = new URL(process.env.AUTHGRAPH_URL).origin;
const artifacts = path.resolve(process.env.ARTIFACTS ?? path.join(import.meta.dirname, "../artifacts"));
const password = "correct horse battery staple";

let browser;
before(async () => {
  await mkdir(artifacts, { recursive: true });
  browser = await launch();
});
after(() => browser?.close());

const address = () => `ada-${randomUUID().slice(0, 6)}@example.com`;

async function arrive(t, options) {
  const visit = await visitor(browser, origin, options);
  t.after(() => visit.context.close());
  const playground = new Playground(visit.page);
  await playground.open();
  return { visit, playground, page: visit.page };
}

const shot = (page, name) => page.screenshot({ path: path.join(artifacts, name), animations: "disabled" });

async function leavesNothing({ visit, page }) {
  const written = await kept(page);
  assert.ok(visit.tokens.size > 0, "no token was seen in any answer");
  for (const secret of [password, ...visit.tokens]) {
    assert.ok(!written.includes(secret), `the browser's storage holds ${secret}: ${written}`);
  }
  assert.deepEqual(visit.faults, []);
}

test("a newcomer registers, signs in and asks who they are", async (t) => {
  const visit = await arrive(t, { viewport: { width: 1440, height: 900 } });
  const { playground, page } = visit;
  const email = address();
  await playground.saysStatus("Not signed in");

  await playground.write("Variables", JSON.stringify({ email, password }));
  await playground.prettify();
  const register = await playground.run("Register");
  assert.equal(register.headers().authorization, undefined);
  assert.equal(register.headers().accept, "application/graphql-response+json, application/json");
  await playground.shows('"register"', email);
  await playground.saysStatus(email);

  await playground.run("Login");
  await playground.shows('"login"', email);
  await playground.saysStatus(email);
  await playground.lifetime.filter({ hasText: /^\d+:\d\d$/ }).waitFor();

  const me = await playground.run("Me");
  await playground.shows('"me"', email);
  assert.match(me.headers().authorization ?? "", /^Bearer ./);
  await page.mouse.move(700, 870);
  await shot(page, "playground.png");

  await playground.button("Sign out").click();
  await playground.saysStatus("Signed out");
  const denied = await playground.run("Me");
  assert.equal(denied.headers().authorization, undefined);
  await playground.shows("UNAUTHENTICATED");

  await leavesNothing(visit);
});

test("a header typed by hand wins, and an answer without accessToken changes nothing", async (t) => {
  const visit = await arrive(t);
  const { playground } = visit;
  const email = address();
  await playground.write("Variables", JSON.stringify({ email, password }));
  await playground.run("Register");
  await playground.saysStatus(email);

  await playground.button("Headers").click();
  await playground.write("Headers", '{ "authorization": "Bearer mine" }');
  const me = await playground.run("Me");
  assert.equal(me.headers().authorization, "Bearer mine");
  await playground.shows("UNAUTHENTICATED");
  await playground.saysStatus(email);

  await playground.write("Headers", "{}");
  await playground.button("Sign out").click();
  await playground.write(
    "Operation Editor",
    "mutation Quiet($email: EmailAddress!, $password: String!) " +
      "{ login(input: { email: $email, password: $password }) { tokenType } } query Other { __typename }",
  );
  await playground.run("Quiet");
  await playground.shows('"Bearer"');
  await playground.saysStatus("Signed out");

  await leavesNothing(visit);
});

test("the form signs in and registers, and repeats what the server objects to", async (t) => {
  const visit = await arrive(t);
  const { playground, page } = visit;
  const email = address();

  await playground.button("Sign in").click();
  await playground.fill(email, "short");
  await playground.submit("Register");
  await playground.faults.filter({ hasText: /\w+ \w+/ }).waitFor();

  await playground.fill(email, password);
  await playground.submit("Register");
  await playground.saysStatus(email);
  await playground.button("Sign out").click();

  await playground.button("Sign in").click();
  await playground.fill(email, `${password}, no`);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith("/graphql")),
    playground.submit("Sign in"),
  ]);
  const { errors } = await answer.json();
  assert.equal(errors[0].extensions.code, "INVALID_CREDENTIALS");
  await playground.faults.filter({ hasText: errors[0].message }).waitFor();

  await playground.fill(email, password);
  await page.keyboard.press("Enter");
  await playground.saysStatus(email);
  await playground.form.waitFor({ state: "detached" });

  await playground.button("Sign out").click();
  await playground.button("Sign in").press("Enter");
  await page.keyboard.press("Escape");
  await playground.form.waitFor({ state: "detached" });

  await leavesNothing(visit);
});

test("a token that ran out is dropped, whoever notices first", async (t) => {
  const visit = await arrive(t);
  const { playground, page } = visit;
  const email = address();
  await playground.write("Variables", JSON.stringify({ email, password }));

  for (const reason of ["TOKEN_EXPIRED", "SESSION_ENDED"]) {
    await playground.run(reason === "TOKEN_EXPIRED" ? "Register" : "Login");
    await playground.saysStatus(email);
    const body = { errors: [{ message: "Could not validate credentials", extensions: { code: "UNAUTHENTICATED", reason } }] };
    await page.route("**/graphql", (route) => route.fulfill({ status: 401, json: body }), { times: 1 });
    await playground.run("Me");
    await playground.saysStatus("Your sign-in has run out");
    const again = await playground.run("Me");
    assert.equal(again.headers().authorization, undefined);
  }

  const shorten = async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    json.data.login.expiresIn = 2;
    await route.fulfill({ response, json });
  };
  await page.route("**/graphql", shorten, { times: 1 });
  await playground.run("Login");
  await playground.saysStatus(email);
  await playground.saysStatus("Your sign-in has run out");

  await leavesNothing(visit);
});

test("it is usable on a phone", async (t) => {
  const visit = await arrive(t, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  const { playground, page } = visit;
  const email = address();
  await playground.button("Sign in").tap();
  await playground.fill(email, password);
  await shot(page, "playground-phone-form.png");
  await playground.submit("Register");
  await playground.saysStatus(email);
  await playground.run("Me");
  await playground.shows('"me"', '"createdAt"');

  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `the page is ${overflow} pixels wider than the screen`);
  await shot(page, "playground-phone.png");
  await leavesNothing(visit);
});

test("it follows a dark system", async (t) => {
  const visit = await arrive(t, { viewport: { width: 1440, height: 900 }, colorScheme: "dark" });
  const { playground, page } = visit;
  const email = address();
  await playground.write("Variables", JSON.stringify({ email, password }));
  await playground.prettify();
  await playground.run("Register");
  await playground.shows('"register"', email);
  await playground.button("Sign out").click();
  await playground.button("Sign in").click();
  await playground.fill(email, "not the password");
  await playground.submit("Sign in");
  await playground.faults.filter({ hasText: /\w+ \w+/ }).waitFor();
  await shot(page, "playground-dark.png");
  await leavesNothing(visit);
});
