// The console as everybody may use it, in a real browser against a real server:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 ADMIN_EMAIL=… ADMIN_PASSWORD=… node --test console.test.mjs
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { Console } from "./console.page.mjs";
import { address, openConsole, ask, desktop, leavesNothing, narrow, password, phone, registered, shot } from "./fixture.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("a newcomer registers, sees who they are, signs out and in again", async (t) => {
  const fixture = await openConsole(t, browser);
  const { page, tab } = fixture;
  const email = address();
  await tab.locator("form").getByText("authgraph console").waitFor();
  await page.accessible("the sign-in page");
  await page.register(email, password, "Ada Lovelace");
  await page.heading.filter({ hasText: "Profile" }).waitFor();
  await tab.locator("dd", { hasText: email }).waitFor();
  await tab.getByText("Only your own account.").waitFor();
  await page.accessible("the profile");
  await shot(tab, "console-profile.png");

  await tab.reload();
  await page.isIn();

  await page.button("Sign out").click();
  await page.isOut();
  await tab.getByText("You are signed out.").waitFor();
  await tab.reload();
  await page.isOut();

  await page.signIn(email, password);
  await leavesNothing(fixture);
});

test("what the server refuses is said in words of the page's language", async (t) => {
  const fixture = await openConsole(t, browser);
  const { page, tab } = fixture;
  const { email } = await registered();
  await page.fill(email, `${password}, no`);
  await tab.keyboard.press("Enter");
  await page.faults.filter({ hasText: "The address or the password is wrong." }).waitFor();
  await page.button("Deutsch").click();
  await page.faults.filter({ hasText: "Adresse oder Passwort ist falsch." }).waitFor();
  assert.equal(await tab.locator("html").getAttribute("lang"), "de");
  assert.equal(await tab.getByLabel("E-Mail").inputValue(), email, "what was typed is lost");

  await page.button("Konto anlegen").click();
  await tab.getByLabel("Passwort").fill("short");
  await page.button("Konto anlegen").click();
  await page.faults.filter({ hasText: "Das Passwort hat zu wenige Zeichen." }).waitFor();
  await tab.getByLabel("Passwort").fill(password);
  await page.button("Konto anlegen").click();
  await page.faults.filter({ hasText: "Ein Konto mit dieser Adresse gibt es schon." }).waitFor();
  await shot(tab, "console-german.png");
  await tab.reload();
  await tab.getByRole("heading", { name: "Anmelden" }).waitFor();
  assert.deepEqual(fixture.visit.faults, []);
});

test("it speaks the browser's language", async (t) => {
  const { tab } = await openConsole(t, browser, { ...desktop, locale: "de-AT" });
  await tab.getByRole("heading", { name: "Anmelden" }).waitFor();
});

test("another session is seen as it begins, and signed out from here", async (t) => {
  const fixture = await openConsole(t, browser);
  const { page, tab } = fixture;
  const email = address();
  await page.register(email, password);
  await page.goTo("Sessions");
  await page.sessions.first().waitFor();
  assert.equal(await page.sessions.count(), 1);
  await page.sessions.filter({ hasText: "this device" }).waitFor();

  const other = await openConsole(t, browser);
  await other.page.signIn(email, password);
  await other.page.goTo("Sessions");
  await page.sessions.nth(1).waitFor();
  await page.accessible("the sessions");
  await shot(tab, "console-sessions.png");

  await page.button(/^Sign out Chrome/).click();
  await other.page.isOut();
  await other.tab.getByText("This session was ended.").waitFor();
  await page.sessions.nth(1).waitFor({ state: "detached" });

  // Back on the page where the other browser was.
  await other.page.signIn(email, password);
  await other.page.heading.filter({ hasText: "Sessions" }).waitFor();

  await page.sessions.nth(1).waitFor();
  await page.button("Sign out everywhere else").click();
  await tab.getByText("1 session was ended.").waitFor();
  await other.page.isOut();

  await other.page.signIn(email, password);
  await page.sessions.nth(1).waitFor();
  await page.button("Sign out everywhere", true).click();
  await page.isOut();
  await other.page.isOut();
  await leavesNothing(fixture);
  await leavesNothing(other);
});

test("signing out while the server does not answer is one of this browser, in all its tabs", async (t) => {
  const fixture = await openConsole(t, browser);
  const { page, tab, visit } = fixture;
  const [email, next] = [(await registered()).email, (await registered()).email];
  await page.signIn(email, password);
  const other = new Console(await visit.context.newPage());
  await other.open();
  await other.isIn();

  const sent = [];
  await tab.route("**/graphql", (route) => void sent.push(route.request().postDataJSON().operationName)); // and no answer
  await page.button("Sign out").click();
  await page.isOut();
  await other.isOut();
  for (const each of [tab, other.page]) {
    await each.getByText("Signed out in this browser only: the server did not answer.").waitFor();
  }
  await shot(tab, "console-signed-out-here.png");
  await page.button("Deutsch").click();
  await tab.getByText("Nur in diesem Browser abgemeldet: Der Server hat nicht geantwortet.").waitFor();
  await page.button("English").click();
  assert.ok(sent.includes("Logout"), `${sent}`);

  await tab.unrouteAll();
  const exchanged = visit.requests.length;
  await tab.reload();
  await page.isOut();
  const since = visit.requests.slice(exchanged).map((request) => request.postDataJSON()?.operationName);
  assert.ok(since.includes("Options") && !since.includes("Refresh"), `the cookie that is left was exchanged: ${since}`);
  await page.signIn(next, password);
  await tab.reload();
  await page.isIn();
  await tab.locator("dd", { hasText: next }).waitFor();
});

test("by keyboard alone: sign in, go to another page, sign out", async (t) => {
  const { page, tab } = await openConsole(t, browser);
  const { email } = await registered();
  const focused = () => tab.evaluate(() => document.activeElement?.textContent || document.activeElement?.getAttribute("name"));
  /** Tab until this has the focus. */
  const reach = async (name) => {
    for (let presses = 0; (await focused()) !== name; presses++) {
      assert.ok(presses < 20, `Tab does not reach ${name}`);
      await tab.keyboard.press("Tab");
    }
  };
  await reach("email");
  await tab.keyboard.type(email);
  await reach("password");
  await tab.keyboard.type(password);
  await reach("Sign in");
  await tab.keyboard.press("Enter");
  await page.isIn();
  await page.heading.filter({ hasText: "Profile" }).waitFor();
  assert.equal(await focused(), "Profile");
  await tab.keyboard.press("Shift+Tab");
  await reach("Sessions");
  await tab.keyboard.press("Enter");
  await page.heading.filter({ hasText: "Sessions" }).waitFor();
  assert.equal(await focused(), "Sessions");
  for (let presses = 0; (await focused()) !== "Sign out"; presses++) {
    assert.ok(presses < 20, "Shift+Tab does not reach Sign out");
    await tab.keyboard.press("Shift+Tab");
  }
  await tab.keyboard.press("Enter");
  await page.isOut();
});

test("who may not is shown nothing of it, and the server refuses", async (t) => {
  const { page, tab } = await openConsole(t, browser);
  const { email, token } = await registered();
  await page.signIn(email, password);
  assert.deepEqual(await tab.getByRole("navigation").getByRole("link").allTextContents(), ["Profile", "Sessions"]);
  await page.open("#/accounts");
  await page.isIn();
  await page.heading.filter({ hasText: "Profile" }).waitFor();
  const { errors } = await ask("{ users { edges { node { id } } } }", {}, token);
  assert.equal(errors[0].extensions.code, "FORBIDDEN");
});

test("it is usable on a phone, and follows a dark system", async (t) => {
  const fixture = await openConsole(t, browser, phone);
  const { page, tab } = fixture;
  await shot(tab, "console-phone-signin.png");
  await page.register(address(), password, "Ada Lovelace");
  await page.goTo("Sessions");
  await page.sessions.first().waitFor();
  await narrow(tab);
  await tab.emulateMedia({ colorScheme: "dark" });
  await shot(tab, "console-phone.png");
  await leavesNothing(fixture);
});
