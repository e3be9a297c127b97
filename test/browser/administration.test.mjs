// The console of those who may do more than look after their own account:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 ADMIN_EMAIL=… ADMIN_PASSWORD=… node --test administration.test.mjs
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { Console } from "./console.page.mjs";
import { address, admin, openConsole, ask, desktop, leavesNothing, narrow, password, phone, registered, shot } from "./fixture.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function administrator(t, options = desktop, hash = "") {
  const fixture = await openConsole(t, browser, options, hash);
  await fixture.page.signIn(admin.email, admin.password);
  return fixture;
}

const accounts = (tab) => tab.getByTestId("accounts").locator("tbody tr");

async function find(fixture, email) {
  await fixture.page.goTo("Accounts");
  await fixture.tab.getByLabel("Search").fill(email);
  await fixture.tab.getByText("1 account", { exact: true }).waitFor();
  assert.equal(await accounts(fixture.tab).count(), 1);
}

async function visit(fixture, email) {
  await find(fixture, email);
  await accounts(fixture.tab).getByRole("link").click();
  await fixture.tab.locator("dd", { hasText: email }).waitFor();
}

/** The fields that somebody was refused, by the audit log. */
async function denials(email) {
  const login = "mutation($i: LoginInput!) { login(input: $i) { accessToken } }";
  const { data } = await ask(login, { i: { email: admin.email, password: admin.password } });
  const log = `query($email: String!) {
    auditEvents(first: 100, filter: { actions: ["access.denied"] }) { edges { node { details actor { email } } } }
    users(filter: { query: $email }) { totalCount }
  }`;
  const answer = await ask(log, { email }, data.login.accessToken);
  assert.equal(answer.data.users.totalCount, 1, "there is nobody of this address");
  return answer.data.auditEvents.edges.filter(({ node }) => node.actor?.email === email).map(({ node }) => node.details);
}

test("accounts are searched, filtered and paged through", async (t) => {
  const series = randomUUID().slice(0, 6);
  const names = ["Grace Hopper", "Katherine Johnson", "Margaret Hamilton", "Radia Perlman", "Barbara Liskov", "Frances Allen"];
  for (let i = 0; i < 28; i++) {
    await registered(`${series}-${i}@example.com`, names[i % names.length]);
  }
  const fixture = await administrator(t);
  const { page, tab } = fixture;
  await page.goTo("Accounts");
  await accounts(tab).nth(24).waitFor();
  await page.accessible("the accounts");
  await tab.mouse.move(1430, 890);
  await shot(tab, "console-accounts.png");

  await tab.getByLabel("Search").fill(series.toUpperCase());
  await tab.getByText("28 accounts").waitFor();
  assert.equal(await accounts(tab).count(), 25);
  const links = () => accounts(tab).getByRole("link").evaluateAll((all) => all.map(({ href }) => href));
  const before = await links();
  await page.button(/^Next/).click();
  await accounts(tab).nth(3).waitFor({ state: "detached" });
  await accounts(tab).nth(2).waitFor();
  assert.equal(new Set([...before, ...(await links())]).size, 28, "a page repeats what another had");
  assert.ok(await page.button(/^Next/).isDisabled(), "there is a page behind the last");

  await tab.getByLabel("State").selectOption("suspended");
  await tab.getByText("Nothing found.").waitFor();
  await leavesNothing(fixture);
});

test("an account is suspended, which ends its sessions, and reinstated", async (t) => {
  const fixture = await administrator(t);
  const { page, tab } = fixture;
  const person = await openConsole(t, browser);
  const email = address("eve");
  await person.page.register(email, password, "Eve");
  await visit(fixture, email);
  await page.accessible("an account");
  await shot(tab, "console-account.png");

  await page.button("Suspend").click();
  const dialog = page.dialog("Suspend Eve?");
  await dialog.getByLabel("Reason").fill("Asked too much");
  await page.accessible("the dialog of a suspension");
  await shot(tab, "console-suspend.png");
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await tab.getByText("The account is suspended.").waitFor();
  await tab.getByText(/^suspended since/).waitFor();
  await tab.locator("dt", { hasText: "Reason of the suspension" }).waitFor();
  await tab.locator("dd", { hasText: "Asked too much" }).first().waitFor();
  await person.page.isOut();
  await person.page.fill(email, password);
  await person.tab.keyboard.press("Enter");
  await person.page.faults.filter({ hasText: "This account is suspended." }).waitFor();

  await page.button("Reinstate").click();
  await tab.getByText("The account can sign in again.").waitFor();
  await person.page.signIn(email, password);

  await page.button("End all sessions").or(tab.getByText("none", { exact: true })).first().waitFor();
  await tab.reload();
  await page.button("End all sessions").click();
  const confirmation = page.dialog("End all sessions of Eve?");
  await page.accessible("the dialog for the end of all sessions");
  await confirmation.getByRole("button", { name: "Cancel" }).click();
  await confirmation.waitFor({ state: "detached" });
  await page.button("End all sessions").click();
  await confirmation.getByRole("button", { name: "End all sessions" }).click();
  await tab.getByText("1 session was ended.").waitFor();
  await person.page.isOut();

  await page.button("Delete").click();
  await page.accessible("the dialog of a deletion");
  await shot(tab, "console-delete.png");
  const last = page.dialog("Delete Eve?").getByRole("button", { name: "Delete" });
  assert.ok(await last.isDisabled(), "an account can be deleted without its address");
  await tab.getByLabel(`Type ${email} to confirm`).fill(email);
  await last.click();
  await page.heading.filter({ hasText: "Accounts" }).waitFor();
  await tab.getByLabel("Search").fill(email);
  await tab.getByText("Nothing found.").waitFor();
  await leavesNothing(fixture);
});

test("a role is made, given, used and taken back", async (t) => {
  const fixture = await administrator(t);
  const { page, tab } = fixture;
  const role = `auditor-${randomUUID().slice(0, 6)}`;
  await page.goTo("Roles");
  await page.button("New role").click();
  await page.dialog("New role").getByLabel("Name").fill(role);
  await tab.getByLabel("Purpose").fill("Reads the log");
  await tab.getByLabel("Read the audit log").check();
  await page.accessible("the dialog of a role");
  await shot(tab, "console-role.png");
  await page.button("Save").click();
  const card = tab.getByTestId("roles").locator("li", { hasText: role });
  await card.getByText("AUDIT_READ").waitFor();
  await tab.getByText(`The role ${role} is created.`).waitFor();
  await page.accessible("the roles");
  await shot(tab, "console-roles.png");

  const person = await openConsole(t, browser);
  const email = address("ruth");
  await person.page.register(email, password, "Ruth");
  assert.equal(await person.page.link("Audit log").count(), 0);
  await visit(fixture, email);
  await page.button("Change roles").click();
  await tab.getByLabel(role).check();
  await page.accessible("the dialog of an account's roles");
  await shot(tab, "console-assign.png");
  await page.button("Save").click();
  await tab.getByText("The roles are changed.").waitFor();
  await tab.locator("dd .tag", { hasText: role }).waitFor();

  await person.tab.reload();
  await person.page.goTo("Audit log");
  await person.tab.getByTestId("events").locator("li").first().waitFor();
  assert.equal(await person.page.link("Accounts").count(), 0);
  await registered(address("ida")); // one event that is told while the page is open
  await person.tab.getByTestId("events").locator("li", { hasText: "user.register" }).first().waitFor();
  assert.deepEqual(await denials(email), [], "the page asked for what it knew would be refused");

  await page.button("Change roles").click();
  await tab.getByLabel(role).uncheck();
  await page.button("Save").click();
  await tab.locator("dd .tag", { hasText: role }).waitFor({ state: "detached" });
  await person.page.heading.filter({ hasText: "Profile" }).waitFor();
  assert.equal(await person.page.link("Audit log").count(), 0);

  await page.goTo("Roles");
  await page.button(`Change ${role}`).click();
  await tab.getByLabel("See roles and the policy").check();
  await page.button("Save").click();
  await card.getByText("ROLES_READ").waitFor();
  await page.button(`Delete ${role}`).click();
  await page.accessible("the dialog of a role's deletion");
  await page.dialog(`Delete the role ${role}?`).getByRole("button", { name: "Delete" }).click();
  await card.waitFor({ state: "detached" });
  await leavesNothing(fixture);
});

test("the audit log shows what happens, as it happens", async (t) => {
  const fixture = await administrator(t);
  const { page, tab } = fixture;
  const events = tab.getByTestId("events").locator("li");
  await page.goTo("Audit log");
  await events.first().waitFor();
  const { email } = await registered(address("mary"));
  await events.filter({ hasText: email }).filter({ hasText: "user.register" }).waitFor();
  await tab.getByText("live", { exact: true }).waitFor();
  await page.accessible("the audit log");
  await shot(tab, "console-audit.png");

  await page.button("Pause").click();
  await tab.getByText("paused", { exact: true }).waitFor();
  const later = await registered(address("nora"));
  await ask("mutation($i: LoginInput!) { login(input: $i) { tokenType } }", { i: { email: later.email, password: `${password}, no` } });
  assert.equal(await events.filter({ hasText: later.email }).count(), 0);
  await page.button("Resume").click();
  await events.filter({ hasText: later.email }).first().waitFor();

  await page.button(/^Actions/).click();
  await tab.getByLabel("Find an action").fill("regist");
  await tab.getByLabel("Account registered").check();
  await page.accessible("the actions of the audit log");
  await tab.keyboard.press("Escape");
  await events.filter({ hasText: "session.start" }).first().waitFor({ state: "detached" });
  await events.filter({ hasText: later.email }).first().waitFor();
  await tab.getByLabel("Outcome").selectOption("FAILURE");
  await events.filter({ hasText: later.email }).first().waitFor({ state: "detached" });
  await leavesNothing(fixture);
});

test("the policy is a table", async (t) => {
  const fixture = await administrator(t);
  const { page, tab } = fixture;
  await page.goTo("Policy");
  const rows = tab.locator("tbody tr");
  await rows.nth(50).waitFor();
  await page.accessible("the policy");
  await shot(tab, "console-policy.png");
  await tab.getByLabel("Find a field").fill("suspendUser");
  await tab.getByText("1 field", { exact: true }).waitFor();
  await rows.filter({ hasText: "Mutation.suspendUser" }).filter({ hasText: "USERS_WRITE" }).filter({ hasText: "signed in within 15 minutes" }).waitFor();
  await leavesNothing(fixture);
});

const refusal = (code) => ({ data: null, errors: [{ message: code, extensions: { code, retryAfter: 60 } }] });
const tooLongAgo = (route) => route.fulfill({ json: refusal("REAUTHENTICATION_REQUIRED") });

/** Answers each of these operations in the server's place, the first time. */
async function first(tab, answers) {
  await tab.route("**/graphql", (route) => {
    const name = route.request().postDataJSON()?.operationName;
    const answer = answers[name];
    delete answers[name];
    return answer ? answer(route) : route.fallback();
  });
}

const sent = ({ visit }, operation) => visit.requests.filter((request) => request.postDataJSON()?.operationName === operation);

test("where a fresh sign-in is needed, the password is asked for, and then it is done", async (t) => {
  const fixture = await administrator(t);
  const { page, tab } = fixture;
  const { email, id } = await registered(address("zoe"), "Zoe");
  await visit(fixture, email);
  const other = new Console(await fixture.visit.context.newPage());
  await other.open("#/audit");
  await other.page.getByText("live", { exact: true }).waitFor();
  await first(tab, { Suspend: tooLongAgo });
  await page.button("Suspend").click();
  await page.dialog("Suspend Zoe?").getByRole("button", { name: "Suspend" }).click();
  const dialog = page.dialog("Is it you?");
  await dialog.getByLabel("Password").fill(`${admin.password}, no`);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByText("The password is wrong.").waitFor();
  await dialog.getByLabel("Password").fill(admin.password);
  await page.accessible("the dialog for the password");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await tab.getByText("The account is suspended.").waitFor();

  const { data } = await ask("mutation($i: LoginInput!) { login(input: $i) { accessToken } }", { i: { email: admin.email, password: admin.password } });
  const told = await ask("query($id: ID!) { node(id: $id) { ... on User { suspendedAt } } }", { id }, data.login.accessToken);
  assert.ok(told.data.node.suspendedAt, "the server knows nothing of it");

  // The session continues under a new id in all tabs, live.
  assert.equal(sent(fixture, "Login").length, 1, "a new sign-in");
  await page.goTo("Audit log");
  const later = await registered(address("yara"));
  for (const each of [tab, other.page]) {
    await each.getByTestId("events").locator("li", { hasText: later.email }).first().waitFor();
  }
  await leavesNothing(fixture);
});

test("asking an impersonator for the password tells of a step that is pending, and of a session that could not be ended", async (t) => {
  const fixture = await administrator(t);
  const { page, tab } = fixture;
  await page.goTo("Sessions");
  const old = await page.sessions.filter({ hasText: "this device" }).getAttribute("data-id");
  const { email } = await registered(address("zita"), "Zita");
  await visit(fixture, email);
  const pending = { accessToken: null, refreshToken: null, expiresIn: null, user: null, pending: ["SECOND_FACTOR"], __typename: "AuthPayload" };
  await tab.route("**/graphql", (route) =>
    route.request().postDataJSON()?.operationName === "Reauthenticate" ? route.fulfill({ json: refusal("FORBIDDEN") }) : route.fallback(),
  );
  await first(tab, {
    Suspend: tooLongAgo,
    Login: (route) => route.fulfill({ json: { data: { login: pending } } }),
    Revoke: (route) => route.fulfill({ status: 503, json: refusal("SERVICE_UNAVAILABLE") }),
  });
  await page.button("Suspend").click();
  await page.dialog("Suspend Zita?").getByRole("button", { name: "Suspend" }).click();
  const dialog = page.dialog("Is it you?");
  await dialog.getByLabel("Password").fill(admin.password);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByText("something comes first: confirm a second factor").waitFor();
  await shot(tab, "console-prove-step.png");

  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByText("Your previous session could not be ended and stays active").waitFor();
  await page.accessible("the dialog that tells of a session that goes on");
  await shot(tab, "console-prove-left.png");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await tab.getByText("The account is suspended.").waitFor();
  assert.deepEqual(sent(fixture, "Revoke").map((request) => request.postDataJSON().variables), [{ id: old }]);
  await page.goTo("Sessions");
  await tab.locator(`[data-id="${old}"]`).getByRole("button", { name: /^Sign out/ }).click();
  await tab.locator(`[data-id="${old}"]`).waitFor({ state: "detached" });
  await page.sessions.filter({ hasText: "this device" }).waitFor();
  await leavesNothing(fixture);
});

test("two that need a fresh sign-in are served by one", async (t) => {
  const fixture = await administrator(t);
  const { page, tab } = fixture;
  const { email } = await registered(address("ute"), "Ute");
  await visit(fixture, email);
  let suspending;
  const both = new Promise((resolve) => (suspending = resolve));
  await first(tab, {
    EndSessions: (route) => both.then(() => tooLongAgo(route)),
    Suspend: (route) => (suspending(), tooLongAgo(route)),
  });
  await page.button("End all sessions").click();
  await page.dialog("End all sessions of Ute?").getByRole("button", { name: "End all sessions" }).click();
  await page.button("Suspend").click();
  await page.dialog("Suspend Ute?").getByRole("button", { name: "Suspend" }).click();
  const again = ["EndSessions", "Suspend"].map((name) =>
    tab.waitForResponse((answer) => answer.request().postDataJSON()?.operationName === name && sent(fixture, name).length === 2),
  );
  const dialog = page.dialog("Is it you?");
  await dialog.getByLabel("Password").fill(admin.password);
  await dialog.getByRole("button", { name: "Continue" }).click();
  for (const answered of again) {
    assert.equal((await (await answered).json()).errors, undefined);
  }
  await tab.getByText(/^suspended since/).waitFor();
  assert.equal(sent(fixture, "Reauthenticate").length, 1);
  await leavesNothing(fixture);
});

test("who has no address to sign in with is told to, and not left waiting", async (t) => {
  const fixture = await openConsole(t, browser);
  const { page, tab } = fixture;
  await tab.route("**/graphql", async (route) => {
    if (route.request().postDataJSON()?.operationName !== "Me") {
      return route.fallback();
    }
    const response = await route.fetch();
    const json = await response.json();
    json.data.me.email = null;
    return route.fulfill({ response, json });
  });
  await first(tab, { Suspend: tooLongAgo });
  await page.signIn(admin.email, admin.password);
  const { id } = await registered(address("vera"), "Vera");
  await page.open(`#/accounts/${id}`); // in the list the page would find its own address
  await page.button("Suspend").click();
  await page.dialog("Suspend Vera?").getByRole("button", { name: "Suspend" }).click();
  await page.faults.filter({ hasText: "sign out and in again" }).waitFor();
});

test("what was typed into a dialog is there again after a session that was ended from elsewhere", async (t) => {
  const fixture = await administrator(t);
  const { page, tab } = fixture;
  const { email } = await registered(address("uma"), "Uma");
  await visit(fixture, email);
  await page.button("Suspend").click();
  await page.dialog("Suspend Uma?").getByLabel("Reason").fill("A long story, half written");

  const { data } = await ask("mutation($i: LoginInput!) { login(input: $i) { accessToken } }", { i: { email: admin.email, password: admin.password } });
  await ask("mutation { logout(scope: OTHERS) { endedSessionIds } }", {}, data.login.accessToken);
  await page.isOut();
  await tab.getByText("This session was ended.").waitFor();
  await page.signIn(admin.email, admin.password);
  assert.equal(await page.dialog("Suspend Uma?").getByLabel("Reason").inputValue(), "A long story, half written");
  await tab.keyboard.press("Escape");
  await page.dialog("Suspend Uma?").waitFor({ state: "detached" });
  await leavesNothing(fixture);
});

test("administration on a phone, dark and in German", async (t) => {
  const fixture = await openConsole(t, browser, { ...phone, locale: "de-DE", colorScheme: "dark" });
  const { page, tab } = fixture;
  await tab.getByLabel("E-Mail").fill(admin.email);
  await tab.getByLabel("Passwort").fill(admin.password);
  await tab.keyboard.press("Enter");
  for (const [name, rows, file] of [
    ["Konten", accounts(tab), "accounts"],
    ["Rollen", tab.getByTestId("roles").locator("li"), "roles"],
    ["Protokoll", tab.getByTestId("events").locator("li"), "audit"],
    ["Regeln", tab.locator("tbody tr"), "policy"],
  ]) {
    await page.goTo(name);
    await rows.first().waitFor();
    await narrow(tab);
    await shot(tab, `console-phone-${file}.png`);
  }
  await leavesNothing(fixture);
});

test("the accounts and the log in the dark", async (t) => {
  const { page, tab } = await administrator(t, { ...desktop, colorScheme: "dark" });
  await page.goTo("Accounts");
  await accounts(tab).first().waitFor();
  await shot(tab, "console-dark-accounts.png");
  await page.goTo("Audit log");
  await tab.getByTestId("events").locator("li").first().waitFor();
  await shot(tab, "console-dark-audit.png");
});
