// The page that docs/clients.md shows, in a real browser and from another origin, against a server with
// AUTHGRAPH_ORIGINS=http://localhost:5173:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 node --test clients.test.mjs
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";

assert.ok(process.env.AUTHGRAPH_URL, "AUTHGRAPH_URL must name the server, such as http://127.0.0.1:8080");
const endpoint = new URL("/graphql", process.env.AUTHGRAPH_URL).href;
const origin = "http://localhost:5173";
const password = "correct horse battery staple";

let browser, files;
before(async () => {
  const text = await readFile(path.join(import.meta.dirname, "../../docs/clients.md"), "utf8");
  const html = text.match(/```html\n([^]*?)```/)[1];
  assert.ok(html.includes("http://127.0.0.1:8080/graphql"), "the page names the endpoint of `go run .`");
  const body = html.replace("http://127.0.0.1:8080/graphql", endpoint);
  files = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(body)).listen(5173, "localhost");
  await once(files, "listening");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  files?.close();
});

async function open(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  t.after(() => assert.deepEqual(faults, []));
  await page.goto(origin);
  return page;
}

async function submit(page, button, email, secret = password) {
  await page.getByPlaceholder("Email").fill(email);
  await page.getByPlaceholder("Password").fill(secret);
  await page.getByRole("button", { name: button }).click();
}

const says = (page, text) => page.locator("output").filter({ hasText: text }).waitFor();
const address = () => `ada-${randomUUID().slice(0, 6)}@example.com`;

test("it registers, is told what the server refuses, and signs in", async (t) => {
  const page = await open(t);
  const email = address();
  await submit(page, "Register", email, "short");
  await says(page, "A password has at least 8 characters");
  await submit(page, "Register", email);
  await says(page, `Signed in as ${email}`);
  await submit(page, "Sign in", email, "not the password");
  await says(page, "The address or the password is wrong");
  await submit(page, "Sign in", email);
  await says(page, `Signed in as ${email}`);
});

for (const [name, code, said, tries] of [
  ["an expired token is refreshed, and the operation is sent once more", null, "Signed in as", 2],
  ["a refresh token that is refused ends the sign-in", "REFRESH_TOKEN_INVALID", "expired by the test", 1],
  ["a busy server signs no user out", "OVERLOADED", "expired by the test", 2],
]) {
  test(name, async (t) => {
    const page = await open(t);
    const headers = { "Access-Control-Allow-Origin": origin };
    const sent = [];
    await page.route(endpoint, (route) => {
      const { query } = route.request().postDataJSON() ?? {};
      sent.push(query);
      const refuse = (status, message, extensions) => route.fulfill({ status, headers, json: { errors: [{ message, extensions }] } });
      if (query?.startsWith("{ me") && (code === "OVERLOADED" || sent.filter((each) => each === query).length === 1)) {
        return refuse(401, "expired by the test", { code: "UNAUTHENTICATED", reason: "TOKEN_EXPIRED" });
      }
      return code && query?.includes("refresh(") ? refuse(200, "refused by the test", { code }) : route.fallback();
    });
    await submit(page, "Register", address());
    await says(page, said);
    assert.equal(sent.filter((query) => query?.includes("refresh(")).length, 1, "refreshes");
    assert.equal(sent.filter((query) => query?.startsWith("{ me")).length, tries, "tries");
  });
}
