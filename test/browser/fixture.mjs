// Accounts, screens and helpers of the console tests.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { kept, newClient } from "./browser.mjs";
import { Console } from "./console.page.mjs";

assert.ok(process.env.AUTHGRAPH_URL, "AUTHGRAPH_URL must name the server, such as http://127.0.0.1:8080");
assert.ok(process.env.ADMIN_EMAIL, "ADMIN_EMAIL and ADMIN_PASSWORD must name an administrator");
export const origin = new URL(process.env.AUTHGRAPH_URL).origin;
export const admin = { email: process.env.ADMIN_EMAIL, password: process.env.ADMIN_PASSWORD };
export const password = "correct horse battery staple";
export const desktop = { viewport: { width: 1440, height: 900 }, locale: "en-GB" };
export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2, locale: "en-GB" };

const artifacts = path.resolve(process.env.ARTIFACTS ?? path.join(import.meta.dirname, "../../artifacts"));
await mkdir(artifacts, { recursive: true });

export const address = (name = "ada") => `${name}-${randomUUID().slice(0, 6)}@example.com`;

/** `at` is another origin than the server's own, such as a proxy's. */
export async function openConsole(t, browser, options = desktop, hash = "", at = origin) {
  const visit = await newClient(browser, at, options);
  t.after(() => visit.context.close());
  const page = new Console(visit.page);
  await page.open(hash);
  return { visit, page, tab: visit.page };
}

/** Takes a screenshot without animations and without a focused heading. */
export async function shot(tab, name) {
  await tab.evaluate(() => document.activeElement instanceof HTMLHeadingElement && document.activeElement.blur());
  await tab.screenshot({ path: path.join(artifacts, name), animations: "disabled" });
}

export async function narrow(tab) {
  const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `the page is ${overflow} pixels wider than the screen`);
}

/**
 * No secret where it would outlive the page or a script could read it, no foreign request, no violation, no error, and nothing
 * asked that the console's manifest does not have.
 */
export async function leavesNothing({ visit, tab }) {
  const written = await kept(tab);
  assert.ok(visit.tokens.size > 0, "no token was seen in any answer");
  for (const secret of [password, ...visit.tokens]) {
    assert.ok(!written.includes(secret), `the browser's storage holds ${secret}: ${written}`);
  }
  assert.deepEqual(visit.faults, []);
  const manifest = await (await fetch(new URL("/console/operations.json", origin))).json();
  const stored = new Set(Object.values(manifest));
  assert.ok(visit.documents.size > 3, "the page asked for nothing");
  assert.deepEqual([...visit.documents].filter((document) => !stored.has(document)), [], "a server of stored operations would refuse this");
}

/** Sends an operation without the console. */
export async function ask(query, variables, token) {
  const response = await fetch(new URL("/graphql", origin), {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

export async function registered(email = address(), displayName = null) {
  const { data } = await ask(
    "mutation($i: RegisterInput!) { register(input: $i) { accessToken user { id } } }",
    { i: { email, password, displayName } },
  );
  return { email, id: data.register.user.id, token: data.register.accessToken };
}
