// The playground as a new person uses it, in a real browser against a real server, of which ADMIN_EMAIL and ADMIN_PASSWORD name
// an administrator:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 node --test playground.test.mjs
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { kept, launch, newClient } from "./browser.mjs";
import { Playground } from "./playground.page.mjs";

assert.ok(process.env.AUTHGRAPH_URL, "AUTHGRAPH_URL must name the server, such as http://127.0.0.1:8080");
assert.ok(process.env.ADMIN_EMAIL, "ADMIN_EMAIL and ADMIN_PASSWORD must name an administrator");
const origin = new URL(process.env.AUTHGRAPH_URL).origin;
const artifacts = path.resolve(process.env.ARTIFACTS ?? path.join(import.meta.dirname, "../../artifacts"));
const password = "correct horse battery staple";

let browser;
before(async () => {
  await mkdir(artifacts, { recursive: true });
  browser = await launch();
});
after(() => browser?.close());

const address = () => `ada-${randomUUID().slice(0, 6)}@example.com`;

async function openConsole(t, options) {
  const visit = await newClient(browser, origin, options);
  t.after(() => visit.context.close());
  const playground = new Playground(visit.page);
  await playground.open();
  return { visit, playground, page: visit.page };
}

/** A page that has just registered an account with the first document. */
async function registered(t) {
  const visit = await openConsole(t);
  const { playground } = visit;
  const email = address();
  await playground.write("Variables", JSON.stringify({ email, password }));
  const register = await playground.run("Register");
  await playground.saysStatus(email);
  return { ...visit, email, register };
}

const desktop = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

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
  const visit = await openConsole(t, desktop);
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
  const visit = await registered(t);
  const { playground, email } = visit;

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
  const visit = await openConsole(t);
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

test("the form says in words how long to wait", async (t) => {
  const { playground, page } = await openConsole(t);
  const limited = { errors: [{ message: "Too many attempts", extensions: { code: "RATE_LIMITED", retryAfter: 891 } }] };
  await page.route("**/graphql", (route) =>
    route.request().postDataJSON().query.startsWith("mutation Login") ? route.fulfill({ status: 429, json: limited }) : route.fallback(),
  );
  await playground.button("Sign in").click();
  await playground.fill(address(), password);
  await playground.submit("Sign in");
  await playground.faults.filter({ hasText: "Too many attempts. Try again in 15 minutes." }).waitFor();
});

const refused = (code, reason) => ({ errors: [{ message: "Told so by the test", extensions: { code, reason } }] });

/** Answers the next request that runs this operation, or changes what the server answers to it. */
async function once(page, operation, answer) {
  let done = false;
  await page.route("**/graphql", (route) => {
    if (done || route.request().postDataJSON()?.operationName !== operation) {
      return route.fallback();
    }
    done = true;
    return answer(route);
  });
}

const answering = (json, status = 401) => (route) => route.fulfill({ status, json });

test("an expired token is exchanged", async (t) => {
  const visit = await registered(t);
  const { playground, page, email, register } = visit;

  await once(page, "Me", answering(refused("UNAUTHENTICATED", "TOKEN_EXPIRED")));
  const exchanged = page.waitForRequest((r) => r.postDataJSON()?.operationName === "Refresh");
  await playground.run("Me");
  const { refreshToken } = (await (await register.response()).json()).data.register;
  assert.equal((await exchanged).postDataJSON().variables.token, refreshToken);
  await playground.shows('"me"', email);
  await playground.saysStatus(email);

  // Before it runs out: the page does so by itself.
  await once(page, "Login", async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    json.data.login.expiresIn = 2;
    await route.fulfill({ response, json });
  });
  const byItself = page.waitForRequest((r) => r.postDataJSON()?.operationName === "Refresh");
  await playground.run("Login");
  await byItself;
  await playground.lifetime.filter({ hasText: /^(9|10):\d\d$/ }).waitFor();
  await playground.saysStatus(email);

  await leavesNothing(visit);
});

test("an example of a subscription shows events as they come, and continues when the token has expired", async (t) => {
  const visit = await registered(t);
  const { playground, page, email } = visit;

  await playground.example("sessionEvents");
  await shot(page, "examples.png");
  const ranOut = JSON.stringify(refused("UNAUTHENTICATED", "TOKEN_EXPIRED"));
  await once(page, "SessionEvents", (route) =>
    route.fulfill({ contentType: "text/event-stream", body: `event: next\ndata: ${ranOut}\n\nevent: complete\ndata:\n\n` }),
  );
  const exchanged = page.waitForResponse((r) => r.request().postDataJSON()?.operationName === "Refresh");
  await playground.execute();
  await exchanged;
  await page.waitForResponse((r) => r.request().postDataJSON()?.operationName === "SessionEvents" && r.ok());

  const session = await signInElsewhere(page, email);
  await playground.shows("STARTED", session.slice(0, 25)); // the rest may stand on the next line
  await shot(page, "subscription.png");
  const closed = ends(page, "SessionEvents");
  await playground.stop();
  await playground.isIdle();
  await closed;

  await leavesNothing(visit);
});

/** Signs the account in without the page, and returns the id of the new session. */
async function signInElsewhere(page, email) {
  const response = await page.request.post("/graphql", {
    data: { query: "mutation($i: LoginInput!) { login(input: $i) { session { id } } }", variables: { i: { email, password } } },
  });
  return (await response.json()).data.login.session.id;
}

/** Waits until the page has closed the stream of a subscription. */
const ends = (page, operation) => page.waitForEvent("requestfailed", (request) => request.postDataJSON()?.operationName === operation);

test("a subscription belongs to its tab", async (t) => {
  const visit = await registered(t);
  const { playground, page, email } = visit;
  await playground.example("sessionEvents");
  await playground.execute();
  await playground.isRunning();

  await playground.button("New tab").click();
  await playground.isIdle();
  await playground.choose("me");
  await playground.execute();
  await playground.shows('"me"');
  const session = await signInElsewhere(page, email);
  await playground.execute();
  await playground.shows('"me"');

  await playground.tab("SessionEvents");
  await playground.isRunning();
  await playground.shows("STARTED", session.slice(0, 25));
  const next = await signInElsewhere(page, email);
  await playground.shows("STARTED", next.slice(0, 25));
  await playground.tab("Register");
  await playground.isIdle();
  await playground.run("Me");
  await playground.shows('"me"', email);
  await shot(page, "subscription-tabs.png");
  assert.equal(sent(visit, "SessionEvents").length, 1);

  const closed = ends(page, "SessionEvents");
  await playground.closeTab("SessionEvents");
  await closed;
  await playground.isIdle();
  await leavesNothing(visit);
});

/** Signs another account in on the page, while the sign-out of the previous one does not reach the server. */
async function succeed({ playground, page }) {
  const email = address();
  await page.request.post("/graphql", {
    data: { query: "mutation($i: RegisterInput!) { register(input: $i) { tokenType } }", variables: { i: { email, password } } },
  });
  await once(page, "SignOut", (route) => route.abort());
  await playground.button("Sign out").click();
  await playground.button("Sign in").click();
  await playground.fill(email, password);
  await playground.submit("Sign in");
  await playground.saysStatus(email);
}

const sent = ({ visit }, operation) => visit.requests.filter((request) => request.postDataJSON()?.operationName === operation);

test("a subscription that has ended does not replace a later answer", async (t) => {
  const { playground, page } = await registered(t);
  await playground.example("sessionEvents");
  const event = JSON.stringify({ data: { sessionEvents: "the last event" } });
  await once(page, "SessionEvents", (route) =>
    route.fulfill({ contentType: "text/event-stream", body: `event: next\ndata: ${event}\n\nevent: complete\ndata:\n\n` }),
  );
  await playground.execute();
  await playground.shows("the last event");
  await playground.isIdle();
  await playground.write("Operation Editor", "query Other { __typename }");
  await playground.tab("Other");
  await playground.execute();
  await playground.shows('"__typename"');
  await playground.tab("Register");
  await playground.lines("# Press ▶").waitFor();
  await playground.tab("Other");
  await playground.lines("query Other").waitFor();
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve))); // the page resumes after a timer of 0 ms
  await playground.shows('"__typename"');
  assert.equal(await playground.result.filter({ hasText: "the last event" }).count(), 0);
});

test("a subscription ends when another account signs in", async (t) => {
  const visit = await registered(t);
  const { playground, page } = visit;
  await playground.example("sessionEvents");
  await playground.execute();
  await playground.isRunning();
  const closed = ends(page, "SessionEvents");
  await succeed(visit);
  await closed;
  await playground.shows("signed in again");
  await playground.isIdle();
  assert.equal(sent(visit, "SessionEvents").length, 1);
});

test("what was refused as one person is not sent again as the next", async (t) => {
  const visit = await registered(t);
  const { playground, page } = visit;
  let release;
  const signedIn = new Promise((resolve) => (release = resolve));
  await once(page, "Me", async (route) => {
    await signedIn;
    await route.fulfill({ status: 401, json: refused("UNAUTHENTICATED", "TOKEN_EXPIRED") });
  });
  await playground.run("Me");
  await succeed(visit);
  release();
  await playground.shows("TOKEN_EXPIRED");
  assert.equal(sent(visit, "Me").length, 1);
});

test("a session that is over says so, and one that can't be asked about goes on", async (t) => {
  const visit = await registered(t);
  const { playground, page, email } = visit;

  await once(page, "Me", answering(refused("UNAUTHENTICATED", "TOKEN_EXPIRED")));
  await page.route("**/graphql", (route) =>
    route.request().postDataJSON()?.operationName === "Refresh"
      ? route.fulfill({ status: 503, json: refused("SERVICE_UNAVAILABLE") })
      : route.fallback(),
  );
  await playground.run("Me");
  await playground.shows("SERVICE_UNAVAILABLE");
  await playground.saysStatus(email);
  await page.unroute("**/graphql");
  await playground.run("Me");
  await playground.shows('"me"', email);

  await once(page, "Me", answering(refused("UNAUTHENTICATED", "SESSION_ENDED")));
  await playground.run("Me");
  await playground.saysStatus("Your sign-in has expired");
  const again = await playground.run("Me");
  assert.equal(again.headers().authorization, undefined);

  for (const [code, notice] of [
    ["REFRESH_TOKEN_INVALID", "Your sign-in has expired"],
    ["REFRESH_TOKEN_REUSED", "This session was ended: another client used it too"],
  ]) {
    await playground.run("Login");
    await playground.saysStatus(email);
    await page.route("**/graphql", (route) => {
      const name = route.request().postDataJSON()?.operationName;
      const answers = { Me: refused("UNAUTHENTICATED", "TOKEN_EXPIRED"), Refresh: refused(code) };
      return answers[name] ? route.fulfill({ status: name === "Me" ? 401 : 200, json: answers[name] }) : route.fallback();
    });
    await playground.run("Me");
    await playground.saysStatus(notice);
    await page.unroute("**/graphql");
  }

  await leavesNothing(visit);
});

test("signing out ends the session at the server", async (t) => {
  const visit = await registered(t);
  const { playground, page, email } = visit;
  const answered = page.waitForResponse((r) => r.request().postDataJSON()?.operationName === "SignOut");
  await playground.button("Sign out").click();
  const response = await answered;
  assert.equal((await response.json()).data.logout.endedSessionIds.length, 1);
  const { authorization } = response.request().headers();
  const late = await fetch(new URL("/graphql", origin), {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: authorization },
    body: JSON.stringify({ query: "{ me { id } }" }),
  });
  assert.equal((await late.json()).errors[0].extensions.reason, "SESSION_ENDED");
  await leavesNothing(visit);
});

test("it is usable on a phone", async (t) => {
  const visit = await openConsole(t, phone);
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
  const visit = await openConsole(t, { ...desktop, colorScheme: "dark" });
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

/** The width of the part of an element that is in the window, in pixels. */
const width = (locator) =>
  locator.evaluate((element) => {
    const { left, right } = element.getBoundingClientRect();
    return Math.min(right, innerWidth) - Math.max(left, 0);
  });

for (const [name, options] of Object.entries({ desktop, phone })) {
  for (const colorScheme of ["light", "dark"]) {
    test(`the first view shows an operation, on a ${name}, ${colorScheme}`, async (t) => {
      const { page } = await openConsole(t, { ...options, colorScheme });
      // In one step, because the editor replaces its lines when the schema has loaded.
      const places = await page.waitForFunction(() => {
        const editor = document.querySelector("section[aria-label='Operation Editor']");
        const line = [...editor.querySelectorAll(".view-line")].find(({ textContent }) => textContent.includes("register(input"));
        const [inner, outer] = [line, editor].map((element) => element?.getBoundingClientRect());
        return inner && [inner.top - outer.top, outer.bottom - inner.bottom];
      });
      const [above, below] = await places.jsonValue();
      assert.ok(above < 150, `${above} pixels stand above the operation`);
      assert.ok(below > 0, "the operation is below the editor's lower edge");
      await shot(page, `playground-first-${name}-${colorScheme}.png`);
    });
  }
}

test("on a phone an open pane takes the place of the editors, and gives it back", async (t) => {
  const { playground, page } = await openConsole(t, phone);
  const editor = page.getByRole("region", { name: "Operation Editor" });
  const pane = page.locator(".graphiql-plugin");
  const whole = await width(editor);
  assert.ok(whole > 350, `the editor is ${whole} pixels wide`);
  for (const name of ["Documentation Explorer", "History", "Examples"]) {
    await playground.show(name);
    await editor.waitFor({ state: "hidden" });
    assert.ok((await width(pane)) > 350, `${name} is ${await width(pane)} pixels wide`);
    await shot(page, `playground-phone-${name.split(" ")[0].toLowerCase()}.png`);
    await playground.hide(name);
    await editor.waitFor();
    assert.equal(await width(editor), whole, `after ${name}`);
  }
  await playground.example("authOptions");
  assert.equal(await width(editor), whole, "after an example was chosen");
  await playground.execute();
  await playground.shows('"authOptions"');
});

test("the description of a field is shown where the mouse rests", async (t) => {
  const { visit, playground, page } = await openConsole(t, desktop);
  await page.getByRole("button", { name: /^Prettify query/ }).waitFor();
  const word = playground.lines("register(input").getByText("register", { exact: true });
  const hover = page.locator(".monaco-hover").filter({ hasText: "Mutation.register" });
  await word.hover();
  await hover.waitFor();
  assert.deepEqual(visit.faults, []);
});

/** Deletes accounts that an earlier run of this file has left. */
async function deleteAccounts(emails) {
  const call = async (query, variables, token) => {
    const response = await fetch(new URL("/graphql", origin), {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()).data;
  };
  const admin = { email: process.env.ADMIN_EMAIL, password: process.env.ADMIN_PASSWORD };
  const { login } = await call("mutation($i: LoginInput!) { login(input: $i) { accessToken } }", { i: admin });
  for (const email of emails) {
    const { users } = await call("query($q: String!) { users(filter: { query: $q }) { edges { node { id } } } }", { q: email }, login.accessToken);
    for (const { node } of users.edges) {
      await call("mutation($id: ID!) { deleteUser(id: $id) { erasedAt } }", { id: node.id }, login.accessToken);
    }
  }
}

/** The variables of README.md's registration. */
async function readmeAccount() {
  const page = await readFile(path.join(import.meta.dirname, "../../README.md"), "utf8");
  const [, email, secret] = page.match(/"variables": \{"i": \{"email": "([^"]+)", "password": "([^"]+)"/);
  return { email, password: secret };
}

test("the first document and README.md's calls register two accounts, in either order", async (t) => {
  const visit = await openConsole(t, desktop);
  const { playground, page } = visit;
  const account = await readmeAccount();
  const register = async () => {
    const response = await page.request.post("/graphql", {
      data: { query: "mutation($i: RegisterInput!) { register(input: $i) { user { email } } }", variables: { i: account } },
    });
    assert.equal((await response.json()).data?.register.user.email, account.email);
  };
  for (const readmeFirst of [true, false]) {
    await deleteAccounts([account.email, "ada@example.com"]);
    if (readmeFirst) {
      await register();
    }
    await playground.run("Register");
    await playground.shows('"register"', "ada@example.com");
    await playground.saysStatus("ada@example.com");
    if (!readmeFirst) {
      await register();
    }
    await playground.button("Sign out").click();
    await playground.saysStatus("Signed out");
  }
  await leavesNothing(visit);
});
