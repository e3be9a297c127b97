// The own account in the console: profile, password, deletion and restoration:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 ADMIN_EMAIL=… ADMIN_PASSWORD=… node --test console_profile.test.mjs
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { Console } from "./console.page.mjs";
import { address, ask, desktop, leavesNothing, narrow, openConsole, origin, password, phone, registered, shot } from "./fixture.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const next = "another horse battery staple";
const screens = [["desktop", desktop], ["phone", phone]];

/** Opens the console with a new account that is signed in. */
async function signedIn(t, options = desktop, name = "Ada Lovelace") {
  const fixture = await openConsole(t, browser, options);
  const email = address();
  await fixture.page.register(email, password, name);
  return { ...fixture, email };
}

/** Opens another tab of the same browser, on a page. */
async function openTab({ visit }, hash) {
  const page = new Console(await visit.context.newPage());
  await page.open(hash);
  await page.isIn();
  return page;
}

/** Takes a screenshot in each colour scheme. */
async function shots(tab, name) {
  for (const colorScheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme });
    await shot(tab, `console-${name}-${colorScheme}.png`);
  }
  await tab.emulateMedia({ colorScheme: null });
}

const operation = (request) => request.postDataJSON()?.operationName;
const sent = ({ visit }, name) => visit.requests.filter((request) => operation(request) === name);
const refusal = (extensions) => ({ data: null, errors: [{ message: "refused by the test", extensions }] });

/** Passes the requests of one operation to `handle`, and returns the function that ends this. */
async function intercept(tab, name, handle) {
  const handler = (route) => (operation(route.request()) === name ? handle(route) : route.fallback());
  await tab.route("**/graphql", handler);
  return () => tab.unroute("**/graphql", handler);
}

/** Checks that a message describes a field, and that the field is marked as invalid. */
async function says(field, text) {
  await field.and(field.page().locator('[aria-invalid="true"]')).waitFor();
  await field.page().locator(`[id="${await field.getAttribute("aria-describedby")}"]`).filter({ hasText: text }).waitFor();
}

async function changePassword(page, from, to) {
  await page.button("Change password").click();
  const dialog = page.dialog("Change password");
  await dialog.getByLabel("Current password").fill(from);
  await dialog.getByLabel("New password").fill(to);
  await dialog.getByRole("button", { name: "Change password" }).click();
}

async function deleteAccount(page, email) {
  await page.button("Delete account").click();
  const dialog = page.dialog("Delete your account?");
  await dialog.getByLabel(`Type ${email} to confirm`).fill(email);
  await dialog.getByRole("button", { name: "Delete account" }).click();
}

/** Returns the notice of a deletion that was requested now. The grace period is 30 days. */
function deletionNotice() {
  const date = new Date(Date.now() + 30 * 86_400_000).toLocaleDateString("en-GB", { dateStyle: "long" });
  return `Your account will be erased on ${date}.`;
}

for (const [size, options] of screens) {
  test(`${size}: name and language are changed in the profile`, async (t) => {
    const fixture = await signedIn(t, options);
    const { page, tab } = fixture;
    await page.button("Edit profile").click();
    const dialog = page.dialog("Edit profile");
    const [name, language] = [dialog.getByLabel("Name"), dialog.getByLabel("Language of mails")];
    assert.equal(await name.inputValue(), "Ada Lovelace");
    assert.equal(await language.inputValue(), "");
    await name.fill("Ada King");
    await language.selectOption("Another language");
    const tag = dialog.getByLabel("Language tag");
    await tag.fill("not a tag");
    await dialog.getByRole("button", { name: "Save" }).click();
    await says(tag, "This is not a language tag");
    await page.accessible("the dialog for the profile");
    await narrow(tab);
    await shots(tab, `profile-edit-${size}`);

    await tag.fill("pt-br");
    await dialog.getByRole("button", { name: "Save" }).click();
    await tab.getByText("The profile is changed.").waitFor();
    await tab.locator("dd", { hasText: "Brazilian Portuguese (pt-BR)" }).waitFor();
    await tab.locator("dd", { hasText: "Ada King" }).waitFor();
    await tab.locator(".who", { hasText: "Ada King" }).waitFor();
    await page.accessible("the profile");
    await narrow(tab);
    await shots(tab, `profile-${size}`);

    await page.button("Edit profile").click();
    assert.equal(await dialog.getByLabel("Language tag").inputValue(), "pt-BR");
    await language.selectOption("Deutsch");
    await dialog.getByRole("button", { name: "Save" }).click();
    await tab.locator("dd", { hasText: "Deutsch" }).waitFor();
    const inputs = sent(fixture, "UpdateProfile").map((request) => request.postDataJSON().variables.input);
    assert.deepEqual(inputs.at(-1), { locale: "de" }, "an unchanged value was sent");
    await tab.reload();
    await tab.locator("dd", { hasText: "Deutsch" }).waitFor();
    await leavesNothing(fixture);
  });

  test(`${size}: the password is changed, and other devices are signed out`, async (t) => {
    const fixture = await signedIn(t, options);
    const { page, tab, email } = fixture;
    const other = await openConsole(t, browser);
    await other.page.signIn(email, password);

    await changePassword(page, `${password}, no`, next);
    const dialog = page.dialog("Change password");
    const [current, wanted] = [dialog.getByLabel("Current password"), dialog.getByLabel("New password")];
    await says(current, "The password is wrong.");
    await page.accessible("the dialog for a new password");
    await narrow(tab);
    await shots(tab, `password-${size}`);
    await current.fill(password);
    await wanted.fill("short");
    await dialog.getByRole("button", { name: "Change password" }).click();
    await says(wanted, "A password has at least 8 characters");
    await wanted.fill(next);
    await dialog.getByRole("button", { name: "Change password" }).click();
    await tab.getByText("The password is changed. All your other sessions were ended.").waitFor();
    await other.page.isOut();
    await shots(tab, `password-changed-${size}`);

    await page.goTo("Sessions");
    await page.sessions.filter({ hasText: "this device" }).waitFor();
    assert.equal(await page.sessions.count(), 1);
    await tab.reload();
    await page.isIn();
    await page.button("Sign out").click();
    await page.isOut();
    await page.signIn(email, next);
    await leavesNothing(fixture);
  });

  test(`${size}: a deleted account names its date, and is restored at the next sign-in`, async (t) => {
    const fixture = await signedIn(t, options);
    const { page, tab, email } = fixture;
    const other = await openTab(fixture, "#/sessions");
    await other.page.getByText("live", { exact: true }).waitFor();
    await page.button("Delete account").click();
    await page.dialog("Delete your account?").getByText("you can sign in and restore the account").waitFor();
    assert.ok(await page.dialog("Delete your account?").getByRole("button", { name: "Delete account" }).isDisabled());
    await page.accessible("the dialog for a deletion");
    await narrow(tab);
    await shots(tab, `deletion-${size}`);
    await tab.keyboard.press("Escape");
    await deleteAccount(page, email);
    for (const each of [page, other]) {
      await each.isOut();
      await each.page.getByText(deletionNotice()).waitFor();
    }
    await shots(tab, `deleted-${size}`);
    await tab.reload();
    await page.isOut();

    await page.fill(email, password);
    await page.page.keyboard.press("Enter");
    await page.heading.filter({ hasText: "Restore your account?" }).waitFor();
    await page.accessible("the page that restores an account");
    await narrow(tab);
    await shots(tab, `restore-${size}`);
    await page.button("Sign out").click();
    await tab.getByText("You are signed out. The account will still be erased.").waitFor();

    await page.fill(email, password);
    await page.page.keyboard.press("Enter");
    await page.button("Restore the account").click();
    await page.isIn();
    await tab.getByText("Your account is restored.").waitFor();
    await shots(tab, `restored-${size}`);
    await tab.reload();
    await page.isIn();
    await tab.locator("dd", { hasText: email }).waitFor();
    assert.equal(await tab.getByText("Your account is restored.").count(), 0, "a reload says it again");
    await leavesNothing(fixture);
  });
}

test("a changed password signs no tab out, and the live lists of other tabs continue", async (t) => {
  const fixture = await signedIn(t);
  const { page, email } = fixture;
  const other = await openTab(fixture, "#/sessions");
  const live = other.page.getByText("live", { exact: true });
  await live.waitFor();
  const old = await other.sessions.getAttribute("data-id");
  const closed = new Promise((resolve) => other.page.on("websocket", resolve)); // the socket of the continued session
  await intercept(page.page, "ChangePassword", async (route) => {
    const response = await route.fetch();
    // The server has closed the socket of the other tab, which now waits for its turn to exchange.
    await other.page.waitForFunction(async () => (await navigator.locks.query()).pending.some(({ name }) => name === "authgraph:exchange"));
    return route.fulfill({ response });
  });
  await changePassword(page, password, next);
  await page.page.getByText("The password is changed.").waitFor();
  await closed;
  await other.page.locator(`[data-id="${old}"]`).waitFor({ state: "detached" });
  await other.sessions.filter({ hasText: "this device" }).waitFor();
  await live.waitFor();
  await other.isIn();

  const third = await openConsole(t, browser);
  await third.page.signIn(email, next);
  await other.sessions.nth(1).waitFor();
  await other.button(/^Sign out Chrome/, false).click();
  await third.page.isOut();
  assert.equal(sent(fixture, "Refresh").length, 0, "a cookie was exchanged");
  await leavesNothing(fixture);
});

test("a tab that presents the cookie of a continued session tries once more with the new one", async (t) => {
  const fixture = await signedIn(t);
  const { page, tab, visit } = fixture;
  const cookies = (await visit.context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const headers = { "Content-Type": "application/json", Origin: origin };
  const post = (data, extra = {}) => visit.context.request.post("/graphql", { data, headers: { ...headers, ...extra } });
  const answers = [];
  await intercept(tab, "Refresh", async (route) => {
    if (answers.length === 0) {
      // Another page of the browser changes the password while this request is under way.
      const { data } = await (await post({ query: "mutation { refresh { accessToken } }" })).json();
      const query = `mutation { changePassword(currentPassword: "${password}", newPassword: "${next}") { accessToken } }`;
      const changed = await (await post({ query }, { Authorization: `Bearer ${data.refresh.accessToken}` })).json();
      assert.equal(changed.errors, undefined);
      const response = await fetch(new URL("/graphql", origin), {
        method: "POST", headers: { ...headers, Cookie: cookies }, body: route.request().postData(),
      });
      answers.push({ cookie: response.headers.get("Set-Cookie"), json: await response.json() });
      return route.fulfill({ status: response.status, json: answers[0].json });
    }
    answers.push(null);
    return route.continue();
  });
  await tab.reload();
  await page.isIn();
  assert.equal(answers[0].json.errors[0].extensions.code, "REFRESH_TOKEN_INVALID");
  assert.equal(answers[0].cookie, null, "the server clears the new cookie");
  assert.equal(answers.length, 2);
});

test("an invalid cookie is presented twice, and then the person signs in", async (t) => {
  const fixture = await signedIn(t);
  const { page, tab } = fixture;
  let exchanges = 0;
  await intercept(tab, "Refresh", (route) => {
    exchanges++;
    return route.fulfill({ json: refusal({ code: "REFRESH_TOKEN_INVALID" }) });
  });
  await tab.reload();
  await page.isOut();
  await tab.getByText("This session was ended.").waitFor();
  assert.equal(exchanges, 2);
});

test("a deletion is told although the sockets close before its answer", async (t) => {
  const fixture = await signedIn(t);
  const { page, tab, email } = fixture;
  await page.goTo("Sessions");
  await tab.getByText("live", { exact: true }).waitFor();
  await page.goTo("Profile");
  await intercept(tab, "DeleteAccount", async (route) => {
    const response = await route.fetch();
    await page.isOut(); // the socket has told the end of the session
    await tab.getByText("This session was ended.").waitFor();
    return route.fulfill({ response });
  });
  await deleteAccount(page, email);
  await tab.getByText(deletionNotice()).waitFor();
});

test("a deletion asks for the password after 15 minutes, in the same session", async (t) => {
  const fixture = await signedIn(t);
  const { page, tab, email } = fixture;
  const other = await openTab(fixture, "#/sessions");
  let refused = 0;
  await intercept(tab, "DeleteAccount", (route) =>
    refused++ < 2 ? route.fulfill({ json: refusal({ code: "REAUTHENTICATION_REQUIRED" }) }) : route.fallback(),
  );
  await deleteAccount(page, email);
  const dialog = page.dialog("Is it you?");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.dialog("Delete your account?").getByText("Your last sign-in is too long ago").waitFor();
  assert.equal(sent(fixture, "Reauthenticate").length, 0);

  // A request under way continues the session, although the dialog is cancelled.
  await page.dialog("Delete your account?").getByRole("button", { name: "Delete account" }).click();
  await dialog.getByLabel("Password").fill(password);
  let answer;
  const held = new Promise((resolve) => (answer = resolve));
  const release = await intercept(tab, "Reauthenticate", async (route) => {
    const response = await route.fetch();
    await held;
    return route.fulfill({ response });
  });
  const under = tab.waitForRequest((request) => operation(request) === "Reauthenticate");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await under;
  await dialog.getByRole("button", { name: "Cancel" }).click();
  answer();
  await page.dialog("Delete your account?").getByText("Your last sign-in is too long ago").waitFor();
  await release();
  await tab.keyboard.press("Escape");
  await page.goTo("Sessions");
  await page.sessions.filter({ hasText: "this device" }).waitFor();
  assert.equal(await page.sessions.count(), 1);
  await other.sessions.filter({ hasText: "this device" }).waitFor();
  assert.equal(sent(fixture, "Login").length, 0, "a new sign-in");

  await page.goTo("Profile");
  await deleteAccount(page, email);
  await tab.getByText(deletionNotice()).waitFor();
});

test("the last administrator is told what to do instead", async (t) => {
  const fixture = await signedIn(t);
  const { page, tab, email } = fixture;
  await intercept(tab, "DeleteAccount", (route) =>
    route.fulfill({ json: refusal({ code: "CONFLICT", reason: "LAST_ADMINISTRATOR" }) }),
  );
  await deleteAccount(page, email);
  const dialog = page.dialog("Delete your account?");
  await dialog.getByText("You are the last administrator, so your account can’t be deleted.").waitFor();
  await page.accessible("a deletion that is refused");
  await shots(tab, "deletion-refused");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.isIn();
});

test("a sign-in with an unknown step says that it is incomplete", async (t) => {
  const { page, tab } = await openConsole(t, browser);
  const { email } = await registered();
  await intercept(tab, "Login", async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    Object.assign(json.data.login, { user: null, refreshToken: null, pending: ["A_STEP_OF_TOMORROW"] });
    return route.fulfill({ response, json });
  });
  await page.fill(email, password);
  await tab.keyboard.press("Enter");
  await page.faults.or(tab.locator("p.faults")).filter({ hasText: "Remaining steps: A_STEP_OF_TOMORROW." }).waitFor();
});

test("an administrator sees when an account will be erased", async (t) => {
  const { page, tab } = await openConsole(t, browser);
  const { id, token } = await registered(address("zora"), "Zora");
  const { data } = await ask("mutation { deleteAccount { erasedAt } }", {}, token);
  const date = new Date(data.deleteAccount.erasedAt).toLocaleDateString("en-GB", { dateStyle: "long" });
  await page.signIn(process.env.ADMIN_EMAIL, process.env.ADMIN_PASSWORD);
  await page.open(`#/accounts/${id}`);
  await tab.locator("dd", { hasText: `will be erased on ${date}` }).waitFor();
  await shot(tab, "console-account-erased.png");
});
