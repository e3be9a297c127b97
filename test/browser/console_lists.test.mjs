// Lists of the console: search, order, filters, pages, and what of them the URL keeps:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 ADMIN_EMAIL=… ADMIN_PASSWORD=… node --test console_lists.test.mjs
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { address, admin, openConsole, ask, desktop, leavesNothing, narrow, password, phone, registered, shot } from "./fixture.mjs";

let browser;
let token;
before(async () => {
  browser = await launch();
  const login = "mutation($i: LoginInput!) { login(input: $i) { accessToken } }";
  token = (await ask(login, { i: { email: admin.email, password: admin.password } })).data.login.accessToken;
});
after(() => browser?.close());

async function administrator(t, options = desktop, hash = "") {
  const fixture = await openConsole(t, browser, options, hash);
  await fixture.tab.locator("[name=email]").fill(admin.email);
  await fixture.tab.locator("[name=password]").fill(admin.password);
  await fixture.tab.keyboard.press("Enter");
  await fixture.page.isIn();
  return fixture;
}

const accounts = (tab) => tab.getByTestId("accounts").locator("tbody tr");
const events = (tab) => tab.getByTestId("events").locator("li");
const names = (tab) => accounts(tab).locator("th").allInnerTexts();
const series = () => randomUUID().replace(/[^a-f]/g, "").padEnd(4, "x").slice(0, 4) + randomUUID().slice(0, 4);

test("an account is found by a word inside its name or address", async (t) => {
  const mark = series();
  await registered(`first.${mark}@example.com`, `Grace Brewster ${mark}hopper`);
  const { page, tab } = await administrator(t);
  await page.goTo("Accounts");
  for (const query of [`${mark}hopper`, `${mark}ho brew`, mark.toUpperCase()]) {
    await tab.getByLabel("Search").fill(query);
    await tab.getByText("1 account", { exact: true }).waitFor();
    await accounts(tab).filter({ hasText: "Grace Brewster" }).waitFor();
  }
});

test("accounts are sorted by their columns, and roles, state and last sign-in are seen", async (t) => {
  const mark = series();
  const people = [];
  for (const name of ["Zoe", "anna", "Mia"]) {
    people.push(await registered(`${mark}.${name.toLowerCase()}@example.com`, `${mark} ${name}`));
  }
  await ask("mutation($id: ID!) { suspendUser(id: $id) { user { id } } }", { id: people[1].id }, token);
  await ask("mutation($i: LoginInput!) { login(input: $i) { accessToken } }", { i: { email: people[0].email, password } });
  await ask('mutation($id: ID!) { setUserRoles(id: $id, roles: ["admin"]) { user { id } } }', { id: people[2].id }, token);
  const { page, tab } = await administrator(t, desktop, `#/accounts?q=${mark}`);
  await accounts(tab).nth(2).waitFor();
  const first = async (name) => accounts(tab).first().filter({ hasText: name }).waitFor();

  await tab.getByRole("button", { name: "Name", exact: true }).click();
  await first("anna");
  assert.deepEqual((await names(tab)).map((name) => name.split(" ")[1]), ["anna", "Mia", "Zoe"]);
  assert.equal(await tab.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort"), "ascending");
  await tab.getByRole("button", { name: "Name", exact: true }).click();
  await first("Zoe");
  await tab.getByRole("button", { name: "Address", exact: true }).click();
  await first("anna");
  await tab.getByRole("button", { name: "Last sign-in", exact: true }).click();
  await first("Zoe");
  await accounts(tab).filter({ hasText: "anna" }).getByText("suspended").waitFor();
  await accounts(tab).filter({ hasText: "Mia" }).getByText("admin").waitFor();
  await accounts(tab).first().locator("time").first().waitFor();
  await page.accessible("the sorted accounts");
  await shot(tab, "console-accounts-sorted.png");
});

test("filter, order and page of the accounts survive Back and a reload", async (t) => {
  const mark = series();
  for (let i = 0; i < 27; i++) {
    await registered(`${mark}.p${String(i).padStart(2, "0")}@example.com`, `${mark} Person ${String(i).padStart(2, "0")}`);
  }
  const fixture = await administrator(t);
  const { page, tab } = fixture;
  await page.goTo("Accounts");
  await tab.getByLabel("Search").fill(mark);
  await tab.getByText("27 accounts").waitFor();
  await tab.getByLabel("State").selectOption("active");
  await tab.getByRole("button", { name: "Name", exact: true }).click();
  await accounts(tab).first().filter({ hasText: "Person 00" }).waitFor();
  await page.button(/^Next/).click();
  await accounts(tab).first().filter({ hasText: "Person 25" }).waitFor();

  const same = async () => {
    await accounts(tab).first().filter({ hasText: "Person 25" }).waitFor();
    assert.equal(await tab.getByLabel("Search").inputValue(), mark);
    assert.equal(await tab.getByLabel("State").inputValue(), "active");
    assert.equal(await accounts(tab).count(), 2);
  };
  await accounts(tab).nth(1).getByRole("link").click();
  await tab.locator("dd", { hasText: `${mark}.p26` }).waitFor();
  await tab.goBack();
  await same();
  await tab.reload();
  await same();
  await tab.goBack();
  await accounts(tab).first().filter({ hasText: "Person 00" }).waitFor();
  await accounts(tab).nth(20).scrollIntoViewIfNeeded();
  await accounts(tab).nth(20).getByRole("link").click();
  await tab.locator("dd", { hasText: `${mark}.p20` }).waitFor();
  assert.equal(await tab.evaluate(() => scrollY), 0);
  await tab.goBack();
  await accounts(tab).nth(20).waitFor();
  await tab.waitForFunction(() => scrollY > 0);
  await leavesNothing(fixture);
});

test("the audit log is filtered by known actions, person and days, and the URL keeps it", async (t) => {
  const { id, email } = await registered(address("greta"), "Greta Garbo");
  await ask('mutation($id: ID!) { suspendUser(id: $id, reason: "spam") { user { id } } }', { id }, token);
  const other = await registered(address("hugo"));
  const fixture = await administrator(t, desktop, "#/audit");
  const { page, tab } = fixture;
  await events(tab).filter({ hasText: other.email }).first().waitFor();

  await page.button(/^Actions/).click();
  await tab.getByLabel("Find an action").fill("suspend");
  await tab.getByLabel("Account suspended").check();
  await page.accessible("the actions of the filter");
  await shot(tab, "console-audit-actions.png");
  await tab.keyboard.press("Escape");
  await events(tab).filter({ hasText: other.email }).first().waitFor({ state: "detached" });

  await tab.getByRole("combobox", { name: "Person" }).fill(email.slice(0, -12));
  await tab.getByRole("option", { name: /Greta Garbo/ }).waitFor();
  await page.accessible("the persons of the filter");
  await shot(tab, "console-audit-person.png");
  await tab.keyboard.press("Enter");
  await page.button("Show the events of all accounts, not only of Greta Garbo").waitFor();
  await events(tab).nth(1).waitFor({ state: "detached" });
  await events(tab).filter({ hasText: "Account suspended" }).filter({ hasText: "Greta Garbo" }).waitFor();

  const today = await tab.evaluate(() => new Date().toLocaleDateString("sv"));
  await tab.getByLabel("From", { exact: true }).fill(today);
  await tab.getByLabel("To", { exact: true }).fill(today);
  await events(tab).filter({ hasText: "Greta Garbo" }).waitFor();
  await tab.reload();
  await events(tab).filter({ hasText: "Greta Garbo" }).waitFor();
  assert.equal(await events(tab).count(), 1);
  assert.equal(await tab.getByLabel("From", { exact: true }).inputValue(), today);
  await page.button("Show the events of all accounts, not only of Greta Garbo").waitFor();
  await shot(tab, "console-audit-filtered.png");

  await events(tab).getByRole("link", { name: "Greta Garbo" }).click();
  await page.heading.filter({ hasText: "Greta Garbo" }).waitFor();
  await tab.goBack();
  await page.button("Show the events of all accounts, not only of Greta Garbo").waitFor();
  assert.equal(await events(tab).count(), 1);

  await tab.getByLabel("To", { exact: true }).fill("2020-01-01");
  await tab.getByLabel("From", { exact: true }).fill("");
  await tab.getByText("Nothing found.").waitFor();
  assert.equal(await tab.locator('.live[data-state="live"]').count(), 0, "a closed period is said to be live");
  await tab.getByRole("link", { name: "Remove all filters" }).click();
  await events(tab).nth(5).waitFor();
  await leavesNothing(fixture);
});

test("Back removes the filters of a list, and then leaves it", async (t) => {
  const { page, tab } = await administrator(t);
  await page.goTo("Accounts");
  await page.goTo("Audit log");
  await tab.getByLabel("Outcome").selectOption("FAILURE");
  await tab.getByLabel("From", { exact: true }).fill("2020-01-01");
  await tab.waitForURL(/outcome=FAILURE&from=2020-01-01/);
  await tab.goBack();
  await tab.waitForURL(/#\/audit$/);
  assert.equal(await tab.getByLabel("Outcome").inputValue(), "");
  assert.equal(await tab.getByLabel("From", { exact: true }).inputValue(), "");
  await tab.goForward();
  await tab.waitForURL(/outcome=FAILURE&from=2020-01-01/);
  await tab.goBack();
  await tab.goBack();
  await page.heading.filter({ hasText: "Accounts" }).waitFor();
});

test("older pages of the audit log have their own URL, and are not live", async (t) => {
  for (let i = 0; i < 21; i++) {
    await registered(address("ivo"));
  }
  const { page, tab } = await administrator(t, desktop, "#/audit");
  await events(tab).nth(39).waitFor();
  const newest = await events(tab).allInnerTexts();
  await page.button(/^Next/).click();
  await tab.getByText("not the newest events").waitFor();
  await tab.waitForFunction((text) => document.querySelector("[data-testid=events] li")?.innerText !== text, newest[0]);
  await tab.reload();
  await tab.getByText("not the newest events").waitFor();
  await events(tab).first().waitFor();
  assert.ok(!newest.includes((await events(tab).allInnerTexts())[0]), "the page repeats what another had");
  await page.button("Show the newest").click();
  await tab.locator('.live[data-state="live"]').waitFor();
});

test("an account's page has its history, ends one session and changes the name", async (t) => {
  const { id, email } = await registered(address("jana"), "Jana Before");
  const person = await openConsole(t, browser);
  await person.page.signIn(email, password);
  const fixture = await administrator(t, desktop, `#/accounts/${id}`);
  const { page, tab } = fixture;
  await page.heading.filter({ hasText: "Jana Before" }).waitFor();
  await events(tab).filter({ hasText: "Account registered" }).waitFor();
  await page.sessions.nth(1).waitFor();
  await page.accessible("an account with its history");

  await page.sessions.filter({ hasText: "Chrome" }).getByRole("button", { name: /^End session of Chrome/ }).click();
  await tab.locator(".card").getByText("The session of Chrome on Linux was ended.").waitFor();
  await page.sessions.nth(1).waitFor({ state: "detached" });
  await person.page.isOut();

  await page.button("Edit name").click();
  await page.dialog("Name of Jana Before").getByLabel("Name").fill("Jana After");
  await page.accessible("the dialog of a name");
  await page.button("Save").click();
  await page.heading.filter({ hasText: "Jana After" }).waitFor();
  await tab.getByText("The name is changed.").waitFor();
  await events(tab).first().filter({ hasText: "Account renamed" }).waitFor();
  await tab.getByRole("link", { name: "All events in the audit log" }).click();
  await page.heading.filter({ hasText: "Audit log" }).waitFor();
  await events(tab).filter({ hasText: "Account renamed" }).filter({ hasText: "Jana After" }).waitFor();
  await page.button("Show the events of all accounts, not only of Jana After").waitFor();
  await leavesNothing(fixture);
});

test("long names stay inside the screen of a phone", async (t) => {
  const name = `${"Wolfeschlegelsteinhausenbergerdorff".repeat(2)}-Donaudampfschiff`;
  const { id } = await registered(`${"long".repeat(12)}.${series()}@example.com`, name);
  const role = `${"role-with-a-very-long-name-".repeat(2)}${series()}`.slice(0, 63);
  await ask("mutation($i: CreateRoleInput!) { createRole(input: $i) { role { id } } }", { i: { name: role, description: "x".repeat(300), permissions: [] } }, token);
  await ask("mutation($id: ID!, $roles: [String!]!) { setUserRoles(id: $id, roles: $roles) { user { id } } }", { id, roles: [role] }, token);
  const { page, tab } = await administrator(t, phone, `#/accounts?q=${name.slice(0, 30)}`);
  for (const [hash, ready] of [
    [`#/accounts?q=${name.slice(0, 30)}`, accounts(tab).first()],
    [`#/accounts/${id}`, events(tab).first()],
    [`#/audit?person=${id}`, events(tab).first()],
    ["#/roles", tab.getByTestId("roles").getByText(role)],
  ]) {
    await tab.evaluate((to) => (location.hash = to), hash);
    await ready.waitFor();
    await narrow(tab);
    const outside = await tab.evaluate(() =>
      [...document.querySelectorAll("main *")].filter((each) => {
        const { right, width } = each.getBoundingClientRect();
        return width > 0 && right > innerWidth && !each.closest(".sort, thead");
      }).map(({ outerHTML }) => outerHTML.slice(0, 120)),
    );
    assert.deepEqual(outside, [], hash);
    await shot(tab, `console-phone-long-${hash.slice(2).split(/[/?]/)[0]}.png`);
  }
  await tab.evaluate((to) => (location.hash = to), `#/accounts/${id}`);
  await page.button("Suspend").click();
  await narrow(tab);
});

test("an event's details open below it on a phone", async (t) => {
  const { tab } = await administrator(t, phone, "#/audit?actions=session.start&outcome=SUCCESS");
  const event = events(tab).first();
  const action = event.locator(".action");
  const before = await action.boundingBox();
  await event.locator("summary").click();
  const details = await event.locator("details[open]").boundingBox();
  const after = await action.boundingBox();
  assert.deepEqual([after.width, after.height], [before.width, before.height], "the action is squeezed");
  await event.locator("dt", { hasText: "Signed in with" }).waitFor();
  await event.locator("dd", { hasText: /^password$/ }).waitFor();
  assert.ok(details.y >= after.y + after.height && details.width > 250, "the details are not below the event");
  await narrow(tab);
});
