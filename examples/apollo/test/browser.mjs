// People at their browsers.
import { chromium } from "playwright-core";

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

export const password = "correct horse battery staple";

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: flags });
}

/** A browser of its own: nothing in common with others. `faults` is what its scripts did not expect. */
export async function visit(browser, front, options = {}) {
  const context = await browser.newContext({ baseURL: front.url, locale: "en-GB", ...options });
  context.setDefaultTimeout(15_000);
  const faults = [];
  context.on("weberror", (error) => faults.push(String(error.error())));
  return { context, faults, page: await open(context) };
}

/** Another tab. */
export async function open(context) {
  const page = await context.newPage();
  await page.goto("/");
  return page;
}

export async function register(page, email, { stay = false } = {}) {
  await page.getByRole("button", { name: "Create an account" }).click();
  await fill(page, email, stay);
  await page.getByRole("button", { name: "Create account" }).click();
  await signedIn(page, email);
}

export async function signIn(page, email, { stay = false } = {}) {
  await fill(page, email, stay);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await signedIn(page, email);
}

async function fill(page, email, stay) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByLabel("Stay signed in").setChecked(stay);
}

/** Waits until the page shows this account and its sessions. */
export async function signedIn(page, email) {
  await page.getByTestId("email").filter({ hasText: email, visible: true }).waitFor();
  await page.locator("[data-id]").first().waitFor();
}

export async function signedOut(page, notice) {
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  if (notice) {
    await page.getByRole("status").filter({ hasText: notice, visible: true }).waitFor();
  }
}

/** Uses the form of the page that asks what one may do, and returns what it answers. */
export async function ask(page) {
  await page.getByLabel("Fields, one a line").fill("Mutation.revokeSession");
  const answered = page.waitForResponse((answer) => answer.request().postData()?.includes('"Can"') === true && answer.ok());
  await page.getByRole("button", { name: "Ask" }).click();
  await answered;
  return page.locator(".answers li", { hasText: "Mutation.revokeSession" }).locator("span").textContent();
}

/** Waits until something holds, and fails telling what it was instead. */
export async function until(what, holds, patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await holds();
    if (value) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`${what}: not within ${patience / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
