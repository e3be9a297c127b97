// What the console says when the server refuses: the server's own sentence, next to the field that it is about:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 ADMIN_EMAIL=… ADMIN_PASSWORD=… node --test console_messages.test.mjs
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { address, admin, openConsole, desktop, narrow, password, phone, registered, shot } from "./fixture.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function administrator(t, hash, options = desktop) {
  const fixture = await openConsole(t, browser, options, hash);
  await fixture.tab.locator("[name=email]").fill(admin.email);
  await fixture.tab.locator("[name=password]").fill(admin.password);
  await fixture.tab.keyboard.press("Enter");
  await fixture.page.isIn();
  return fixture;
}

/** A sentence is next to a field when it describes the field, and the field is marked. */
async function says(field, text) {
  await field.and(field.page().locator('[aria-invalid="true"]')).waitFor();
  const described = await field.getAttribute("aria-describedby");
  await field.page().locator(`[id="${described}"]`).filter({ hasText: text }).waitFor();
}

/** Answers one operation in the server's place. */
async function answer(tab, operation, extensions, message = "refused") {
  await tab.route("**/graphql", (route) =>
    route.request().postDataJSON()?.operationName === operation
      ? route.fulfill({ json: { data: null, errors: [{ message, extensions }] } })
      : route.fallback(),
  );
}

test("registering: each field says what the server says of it", async (t) => {
  const { page, tab } = await openConsole(t, browser);
  await page.button("Create an account").click();
  const [email, name, secret] = ["Email", "Name", "Password"].map((label) => tab.getByLabel(label));
  const submit = () => page.button("Create account").click();

  await email.fill("nonsense");
  await secret.fill(password);
  await submit();
  await says(email, "This is not an email address.");
  await email.fill(`${"a".repeat(300)}@example.com`);
  await submit();
  await says(email, /An address has at most \d+ bytes\./);

  await email.fill(address("kim"));
  await name.fill("n".repeat(101));
  await submit();
  await says(name, "A name has at most 100 characters.");
  assert.equal(await email.getAttribute("aria-invalid"), "false", "the address is still marked");
  await name.fill("Kim\u202eevil");
  await submit();
  await says(name, "The character U+202E is not accepted");
  await page.accessible("a form with a refused field");
  await shot(tab, "console-field.png");

  await name.fill("Kim");
  await secret.fill("short");
  await submit();
  await says(secret, "A password has at least 8 characters.");
  await page.button("Deutsch").click();
  await says(tab.getByLabel("Passwort"), "Das Passwort hat zu wenige Zeichen. A password has at least 8 characters.");
  await tab.getByLabel("Passwort").fill(password);
  await tab.getByLabel("E-Mail").fill((await registered()).email);
  await page.button("Konto anlegen").click();
  await says(tab.getByLabel("E-Mail"), "Ein Konto mit dieser Adresse gibt es schon.");
  await shot(tab, "console-field-german.png");
});

test("administration: each dialog says what the server says of its fields", async (t) => {
  const { id } = await registered(address("lena"), "Lena");
  const { page, tab } = await administrator(t, `#/accounts/${id}`);
  await page.button("Edit name").click();
  const name = page.dialog("Name of Lena").getByLabel("Name");
  await name.fill("n".repeat(101));
  await page.button("Save").click();
  await says(name, "A name has at most 100 characters.");
  await tab.keyboard.press("Escape");

  await page.button("Suspend").click();
  const reason = tab.getByLabel("Reason");
  await reason.fill("r".repeat(501));
  await page.dialog("Suspend Lena?").getByRole("button", { name: "Suspend" }).click();
  await says(reason, "This text has at most 500 characters.");
  await shot(tab, "console-field-dialog.png");
  await tab.keyboard.press("Escape");

  await page.goTo("Roles");
  await page.button("New role").click();
  const role = page.dialog("New role").getByLabel("Name");
  const description = tab.getByLabel("Purpose");
  await role.fill("Not A Role");
  await page.button("Save").click();
  await says(role, "The name of a role begins with a letter from a to z");
  await role.fill("admin");
  await page.button("Save").click();
  await says(role, "A role with this name exists.");
  await role.fill(`r${Date.now()}`);
  await description.fill("d".repeat(501));
  await page.button("Save").click();
  await says(description, "This text has at most 500 characters.");
});

test("what is about no field of the form is said above its buttons, with the rules that development names", async (t) => {
  const { id } = await registered(address("mona"), "Mona");
  const { page, tab } = await administrator(t, `#/accounts/${id}`);
  await answer(tab, "Reinstate", {});
  await answer(tab, "Suspend", { code: "FORBIDDEN", explanation: ["USERS_WRITE is missing"] });
  await page.button("Suspend").click();
  const dialog = page.dialog("Suspend Mona?");
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await dialog.locator(".faults", { hasText: "You are not allowed to do this." }).getByText("USERS_WRITE is missing").waitFor();
  await tab.unrouteAll();
  await answer(tab, "Suspend", { code: "A_CODE_OF_TOMORROW", field: "input.other" }, "Something that this page does not know");
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await dialog.getByText("Something that this page does not know.").waitFor();
});

for (const [seconds, english, german] of [
  [891, "Try again in 15 minutes.", "Versuchen Sie es in 15 Minuten noch einmal."],
  [1, "Try again in 1 second.", "Versuchen Sie es in 1 Sekunde noch einmal."],
  [5400, "Try again in 1 hour, 30 minutes.", "Versuchen Sie es in 1 Stunde, 30 Minuten noch einmal."],
]) {
  test(`${seconds} s are told in words`, async (t) => {
    const { page, tab } = await openConsole(t, browser);
    await answer(tab, "Login", { code: "RATE_LIMITED", retryAfter: seconds });
    await page.fill(address("nele"), password);
    await tab.keyboard.press("Enter");
    await page.faults.filter({ hasText: english }).waitFor({ timeout: 40_000 });
    await page.button("Deutsch").click();
    await page.faults.filter({ hasText: german }).waitFor();
  });
}

test("built-in roles are described in German on a German page, and rules have times in words", async (t) => {
  const { tab } = await administrator(t, "#/roles", { ...phone, locale: "de-DE" });
  const card = (name) => tab.getByTestId("roles").locator("li").filter({ has: tab.getByRole("heading", { name: new RegExp(`^${name} `) }) });
  await card("admin").getByText("Hat alle Rechte.").waitFor();
  await card("user").getByText("Hat jedes Konto.").waitFor();
  assert.equal(await tab.getByText("May do everything.").count(), 0);
  await narrow(tab);
  await tab.evaluate(() => (location.hash = "#/policy?q=suspendUser"));
  await tab.getByText("angemeldet innerhalb von 15 Minuten").waitFor();
  await tab.getByText("1 Feld", { exact: true }).waitFor();
});

test("counts follow the plural rules and digits of the language", async (t) => {
  const { page, tab } = await administrator(t, "");
  await tab.route("**/graphql", async (route) => {
    if (route.request().postDataJSON()?.operationName !== "Users") {
      return route.fallback();
    }
    const response = await route.fetch();
    const json = await response.json();
    json.data.users.totalCount = counts[0];
    return route.fulfill({ response, json });
  });
  const counts = [1];
  await page.goTo("Accounts");
  await tab.getByText("1 account", { exact: true }).waitFor();
  counts[0] = 9876;
  await tab.getByLabel("State").selectOption("active");
  await tab.getByText("9,876 accounts").waitFor();
  await page.button("Deutsch").click();
  await tab.getByText("9.876 Konten").waitFor();
});

test("an address that is not confirmed promises no confirmation", async (t) => {
  const { page, tab } = await openConsole(t, browser);
  const email = address("olga");
  await page.register(email, password, "Olga");
  await tab.locator("dd", { hasText: email }).waitFor();
  assert.equal(await tab.getByText(/confirmed|mail you|API key/i).count(), 0);
});
