// What the entry pages weigh and ask for, as a browser that has never been here gets them.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { launch, newClient } from "./browser.mjs";

const origin = new URL(process.env.AUTHGRAPH_URL).origin;
const immutable = "public, max-age=31536000, immutable";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** The bytes of the body as they are sent. A browser does not tell those of its workers' scripts. */
function weight(pathname) {
  return new Promise((resolve, reject) => {
    const request = http.get(new URL(pathname, origin), { headers: { "Accept-Encoding": "gzip" } }, async (response) => {
      let bytes = 0;
      for await (const chunk of response) {
        bytes += chunk.length;
      }
      resolve(bytes);
    });
    request.on("error", reject);
  });
}

for (const { path, budget, ready } of [
  { path: "/console/", budget: 350_000, ready: "form" },
  { path: "/", budget: 1_600_000, ready: ".graphiql-container .view-lines" },
]) {
  test(`${path} is at most ${budget} bytes, cached for good, and asks no other host`, async (t) => {
    const visit = await newClient(browser, origin);
    t.after(() => visit.context.close());
    await visit.page.goto(path);
    await visit.page.locator(ready).first().waitFor();
    await visit.page.waitForLoadState("networkidle");

    let total = 0;
    for (const request of visit.requests) {
      const response = await request.response();
      const { pathname } = new URL(request.url());
      if (pathname === "/graphql") {
        continue;
      }
      total += await weight(pathname);
      const headers = response.headers();
      assert.equal(response.status(), 200, pathname);
      assert.equal(headers["cache-control"], pathname.includes("/assets/") ? immutable : "no-cache", pathname);
      if (/\.(js|css)$/.test(pathname)) {
        assert.match(pathname, /\/assets\/[^/]+-[\w-]{8}\.(js|css)$/, `${pathname} has no hash in its name`);
        assert.equal(headers["content-encoding"], "gzip", pathname);
      }
      const policy = headers["content-security-policy"] ?? "";
      const scripts = policy.split("; ").find((directive) => directive.startsWith("script-src "));
      assert.equal(scripts, "script-src 'self'", `${pathname}: ${policy}`);
    }
    t.diagnostic(`${path}: ${total} bytes in ${visit.requests.length} requests`);
    assert.ok(visit.requests.some((request) => request.resourceType() === "script"), "no script was asked for");
    assert.ok(total <= budget, `${total} bytes`);
    assert.deepEqual(visit.faults, []);
  });
}
