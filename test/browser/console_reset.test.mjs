// A forgotten password in the console, by the code and by the link of a mail. The server is in development, with its mailbox:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 ADMIN_EMAIL=… ADMIN_PASSWORD=… node --test console_reset.test.mjs
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { kept, launch } from "./browser.mjs";
import { address, ask, desktop, leavesNothing, narrow, openConsole, origin, password, phone, registered, shot } from "./fixture.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const next = "another horse battery staple";
const screens = [["desktop", desktop], ["phone", phone]];
const operation = (request) => (request.url().endsWith("/graphql") ? request.postDataJSON()?.operationName : undefined);
const sent = ({ visit }, name) => visit.requests.filter((request) => operation(request) === name);
const refusal = (extensions) => ({ data: null, errors: [{ message: "refused by the test", extensions }] });

/** Returns the newest mail of a kind to an address, once the server has delivered it. */
async function mailTo(email, kind = "reset_password") {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await pause(50)) {
    const mails = await (await fetch(new URL(`/dev/mail.json?to=${encodeURIComponent(email)}`, origin))).json();
    const mail = mails.find((mail) => mail.kind === kind);
    if (mail) {
      return mail;
    }
  }
  assert.fail(`no mail of kind ${kind} to ${email}`);
}

/** Requests a mail without the console, and returns the location of its link. */
async function linkTo(email) {
  const query = "mutation ($email: EmailAddress!) { requestPasswordReset(email: $email) { requestId } }";
  const { errors } = await ask(query, { email });
  assert.equal(errors, undefined);
  const { hash } = new URL((await mailTo(email)).link);
  assert.match(hash, /^#\/reset-password\?token=.{20,}$/);
  return hash;
}

async function shots(tab, name) {
  for (const colorScheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme });
    await shot(tab, `console-${name}-${colorScheme}.png`);
  }
  await tab.emulateMedia({ colorScheme: null });
}

const heading = ({ page }, name) => page.heading.filter({ hasText: name, visible: true }).waitFor();

async function signsIn({ page, tab }, email, password) {
  await tab.goto("/console#/sign-in");
  await page.signIn(email, password);
  await tab.locator("dd", { hasText: email }).waitFor();
}

for (const [size, options] of screens) {
  test(`${size}: a forgotten password is replaced by the code of a mail`, async (t) => {
    const { email } = await registered(address(), "Ada Lovelace");
    const other = await openConsole(t, browser);
    await other.page.signIn(email, password);

    const fixture = await openConsole(t, browser, options);
    const { page, tab } = fixture;
    await shots(tab, `sign-in-forgot-${size}`);
    await tab.getByRole("link", { name: "Forgot your password?" }).click();
    await heading(fixture, "Forgot your password?");
    await tab.getByLabel("Email").fill("nobody");
    await page.button("Send mail").click();
    await tab.getByText("This is not an email address").waitFor();
    await page.accessible("the request of a mail");
    await narrow(tab);
    await shots(tab, `reset-request-${size}`);
    await tab.getByLabel("Email").fill(email);
    await page.button("Send mail").click();
    await tab.getByText("If an account has this address, a mail is on its way.").waitFor();
    assert.equal(sent(fixture, "RequestPasswordReset").at(-1).postDataJSON().variables.locale, "en");

    const { code } = await mailTo(email);
    const wrong = code.replaceAll(/./g, (digit) => 9 - digit);
    await tab.getByLabel("Code").fill(wrong);
    await tab.getByLabel("New password").fill(next);
    await page.button("Set password").click();
    await tab.getByText("The code is wrong, was used before or has expired.").waitFor();
    assert.equal(await tab.getByLabel("Code").getAttribute("aria-invalid"), "true");
    await tab.getByText("at least 8 characters").waitFor();
    await page.accessible("the code of a mail");
    await narrow(tab);
    await shots(tab, `reset-code-${size}`);

    await tab.getByLabel("Code").fill(` ${code.slice(0, 4)} ${code.slice(4)}`);
    await tab.getByLabel("New password").fill("short");
    await page.button("Set password").click();
    await tab.getByText("A password has at least 8 characters").waitFor();
    await tab.getByLabel("New password").fill(next);
    await page.button("Set password").click();
    await page.isIn();
    await tab.locator("dd", { hasText: email }).waitFor();
    await other.page.isOut();
    assert.equal(sent(fixture, "ResetPassword").at(-1).postDataJSON().variables.code, code, "the spaces of the code were sent");

    const written = await kept(tab);
    for (const secret of [next, code]) {
      assert.ok(!written.includes(secret), `the browser's storage holds ${secret}`);
    }
    await tab.reload();
    await page.isIn();
    await page.button("Sign out").click();
    await page.isOut();
    await signsIn(fixture, email, next);
    await leavesNothing(fixture);
  });

  test(`${size}: a forgotten password is replaced by the link of a mail`, async (t) => {
    const { email } = await registered(address(), "Ada Lovelace");
    const hash = await linkTo(email);
    const token = new URLSearchParams(hash.split("?")[1]).get("token");
    const fixture = await openConsole(t, browser, options, hash);
    const { visit, page, tab } = fixture;
    await heading(fixture, "Choose a new password");
    await tab.waitForLoadState("networkidle");
    assert.equal(new URL(tab.url()).hash, "#/reset-password");
    assert.deepEqual(visit.requests.filter((request) => request.url().includes("/graphql")), [], "the page sends a request when it opens");
    assert.equal(await tab.getByText(email).count(), 0);
    await page.accessible("the page of a link");
    await narrow(tab);
    await shots(tab, `reset-link-${size}`);

    await tab.getByLabel("New password").fill("short");
    await tab.getByText("at least 8 characters").waitFor();
    await page.button("Set password").click();
    await tab.getByText("A password has at least 8 characters").waitFor();
    await tab.getByLabel("New password").fill(next);
    await page.button("Set password").click();
    await page.isIn();
    await tab.locator("dd", { hasText: email }).waitFor();
    assert.ok(!(await kept(tab)).includes(token), "the browser's storage holds the token");
    assert.deepEqual(visit.requests.filter((request) => request.url().includes(token) || request.headers().referer?.includes(token)), []);
    await tab.reload();
    await page.isIn();

    const again = await openConsole(t, browser, options, hash);
    await heading(again, "Choose a new password");
    await again.tab.getByLabel("New password").fill(next);
    await again.page.button("Set password").click();
    await heading(again, "This link is not valid");
    await again.tab.getByText("The link is invalid, was used before or has expired.").waitFor();
    await again.page.accessible("a link that was used");
    await narrow(again.tab);
    await shots(again.tab, `reset-invalid-${size}`);
    await again.tab.getByRole("link", { name: "Request another mail" }).click();
    await heading(again, "Forgot your password?");
    await leavesNothing(fixture);
  });

  test(`${size}: a link asks before it replaces the session of the browser`, async (t) => {
    const [{ email }, first] = [await registered(), await registered()];
    const hash = await linkTo(email);
    const fixture = await openConsole(t, browser, options);
    const { visit, page, tab } = fixture;
    await signsIn(fixture, first.email, password);
    await tab.goto("about:blank");
    visit.requests.length = 0;
    await tab.goto(`/console${hash}`);
    await heading(fixture, "You are signed in");
    await tab.waitForLoadState("networkidle");
    assert.equal(new URL(tab.url()).hash, "#/reset-password");
    assert.deepEqual(visit.requests.map(operation).filter((name) => name && name !== "Refresh"), []);
    await page.accessible("the page that asks");
    await narrow(tab);
    await shots(tab, `reset-signed-in-${size}`);
    await tab.getByRole("link", { name: "Stay signed in" }).click();
    await tab.locator("dd", { hasText: first.email }).waitFor();

    // The link opens in a tab with pages of the account.
    await page.goTo("Sessions");
    await tab.evaluate((hash) => { location.hash = hash; }, hash);
    await heading(fixture, "You are signed in");
    assert.equal(new URL(tab.url()).hash, "#/reset-password");
    await page.button("Sign out and continue").click();
    await heading(fixture, "Choose a new password");
    await tab.getByLabel("New password").fill(next);
    await page.button("Set password").click();
    await tab.locator("dd", { hasText: email }).waitFor();
    assert.equal(sent(fixture, "Logout").length, 1);
    await leavesNothing(fixture);
  });
}

test("a link without its token asks for another one", async (t) => {
  const fixture = await openConsole(t, browser, desktop, "#/reset-password");
  await heading(fixture, "This link is not valid");
  await fixture.tab.getByText("The link is incomplete, or the page was reloaded.").waitFor();
  await fixture.tab.getByRole("link", { name: "Back to the sign-in" }).click();
  await heading(fixture, "Sign in");
});

test("a reset by link restores an account whose deletion was requested", async (t) => {
  const { email, token } = await registered();
  await ask("mutation { deleteAccount { erasedAt } }", {}, token);
  const fixture = await openConsole(t, browser, desktop, await linkTo(email));
  const { page, tab } = fixture;
  await tab.getByLabel("New password").fill(next);
  await page.button("Set password").click();
  await heading(fixture, "Restore your account?");
  await page.button("Sign out").click();
  await tab.getByText("You are signed out. The account will still be erased.").waitFor();
  await tab.reload();
  await page.isOut();
  assert.equal(await tab.getByText("The account will still be erased.").count(), 0, "a reload says it again");
  await page.fill(email, next);
  await tab.keyboard.press("Enter");
  await page.button("Restore the account").click();
  await tab.getByText("Your account is restored.").waitFor();
});

test("a server without mails says so", async (t) => {
  const fixture = await openConsole(t, browser, desktop, "#/request-password-reset");
  const { page, tab } = fixture;
  await tab.route("**/graphql", (route) =>
    operation(route.request()) === "RequestPasswordReset" ? route.fulfill({ json: refusal({ code: "FORBIDDEN" }) }) : route.fallback(),
  );
  await tab.getByLabel("Email").fill(address());
  await page.button("Send mail").click();
  await tab.getByText("This server sends no mail, so passwords can’t be reset here.").waitFor();
  await shots(tab, "reset-no-mail");
});

test("the mail is in the language of the console", async (t) => {
  const { email } = await registered();
  const fixture = await openConsole(t, browser, { ...desktop, locale: "de-DE" });
  const { page, tab } = fixture;
  await tab.getByRole("link", { name: "Passwort vergessen?" }).click();
  await tab.getByLabel("E-Mail").fill(email);
  await page.button("Mail senden").click();
  await tab.getByText("Wenn ein Konto diese Adresse hat, ist eine Mail unterwegs.").waitFor();
  assert.match((await mailTo(email)).subject, /^Wählen Sie ein neues Passwort/);
  await page.accessible("the code of a mail, in German");
  await shots(tab, "reset-code-german");
});

for (const name of ["confirm-email", "accept-invitation", "confirm-email-change", "revert-email-change", "sign-in-link"]) {
  test(`the page ${name} says that the server does not offer it yet`, async (t) => {
    const fixture = await openConsole(t, browser, phone, `#/${name}?token=T0KEN`);
    const { page, tab } = fixture;
    await heading(fixture, "Not available");
    await tab.getByText("This server does not offer this yet.").waitFor();
    assert.equal(new URL(tab.url()).hash, `#/${name}`);
    if (name === "confirm-email") {
      await page.accessible("a page that the server does not offer");
      await shots(tab, "mail-unavailable");
    }
    await tab.getByRole("link", { name: "Continue to the console" }).click();
    await heading(fixture, "Sign in");
  });
}
