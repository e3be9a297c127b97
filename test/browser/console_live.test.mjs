// Pages that change as things happen, while the server or what is in front of it does not play along:
//   AUTHGRAPH_URL=http://127.0.0.1:8080 ADMIN_EMAIL=… ADMIN_PASSWORD=… node --test console_live.test.mjs
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { proxyTo } from "./proxy.mjs";
import { address, admin, openConsole, desktop, origin, registered, shot } from "./fixture.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** An administrator on a page behind a proxy. */
async function behindProxy(t, mode = {}, hash = "#/audit", options = desktop) {
  const proxy = await proxyTo(origin);
  t.after(() => proxy.stop().catch(() => {}));
  Object.assign(proxy.mode, mode);
  const fixture = await openConsole(t, browser, options, hash, proxy.origin);
  await fixture.tab.locator("[name=email]").fill(admin.email);
  await fixture.tab.locator("[name=password]").fill(admin.password);
  await fixture.tab.keyboard.press("Enter");
  await fixture.page.isIn();
  return { ...fixture, proxy };
}

const badge = (tab, state) => tab.locator(`.live[data-state="${state}"]`);
const events = (tab) => tab.getByTestId("events").locator("li");
const cut = "The server can’t be reached. Trying again…";

for (const [name, hash] of [["audit log", "#/audit"], ["sessions", "#/sessions"]]) {
  test(`${name}: a proxy that refuses upgrades is named, and the list is read again`, async (t) => {
    const { page, tab, proxy } = await behindProxy(t, { upgrades: false }, hash);
    await badge(tab, "lost").filter({ hasText: "not live" }).waitFor();
    await tab.getByText("A proxy in front of the server has to pass WebSocket upgrades").waitFor();
    await page.accessible(`${name} that is not live`);
    await shot(tab, `console-not-live-${hash.slice(2)}.png`);
    assert.equal(await badge(tab, "live").count(), 0);
    if (hash === "#/audit") {
      const { email } = await registered(address("otto"));
      await tab.getByRole("button", { name: "Reload the list" }).click();
      await events(tab).filter({ hasText: email }).first().waitFor();
    }

    proxy.mode.upgrades = true;
    await badge(tab, "live").waitFor();
    await tab.getByText("A proxy in front of the server").waitFor({ state: "detached" });
  });
}

test("audit log: without a socket the list is read again by itself", async (t) => {
  const { tab } = await behindProxy(t, { upgrades: false });
  await badge(tab, "lost").waitFor();
  const { email } = await registered(address("petra"));
  await events(tab).filter({ hasText: email }).first().waitFor({ timeout: 20_000 });
});

test("audit log: a proxy that swallows frames is noticed, and the badge returns with the frames", async (t) => {
  const { tab, proxy } = await behindProxy(t);
  await badge(tab, "live").waitFor();
  proxy.mode.frames = false; // the socket stays open, and nothing comes through it
  await badge(tab, "lost").waitFor({ timeout: 15_000 });
  const { email } = await registered(address("quentin"));
  proxy.mode.frames = true;
  await badge(tab, "live").waitFor();
  await events(tab).filter({ hasText: email }).first().waitFor();
});

test("audit log: a socket that is never acknowledged is not live", async (t) => {
  const { tab } = await behindProxy(t, { frames: false });
  await badge(tab, "lost").waitFor();
});

test("a server that stops is told within 3 s, and the page recovers by itself", async (t) => {
  const { page, tab, proxy } = await behindProxy(t);
  await badge(tab, "live").waitFor();
  await events(tab).first().waitFor();
  await proxy.stop();
  await tab.getByText(cut).waitFor({ timeout: 3_000 });
  assert.equal(await badge(tab, "live").count(), 0);
  await page.accessible("a page whose server is gone");
  await shot(tab, "console-server-gone.png");
  await page.goTo("Roles");
  assert.ok(await tab.getByText(cut).isVisible());

  const { email } = await registered(address("rosa"));
  await proxy.start();
  await tab.getByText(cut).waitFor({ state: "hidden" });
  await tab.getByTestId("roles").locator("li").first().waitFor();
  await page.goTo("Audit log");
  await badge(tab, "live").waitFor();
  await events(tab).filter({ hasText: email }).first().waitFor();
});

test("a server that is down while the page loads its data is told within 3 s", async (t) => {
  const { page, tab, proxy } = await behindProxy(t, {}, "");
  await page.goTo("Sessions");
  await badge(tab, "live").waitFor();
  await proxy.stop();
  await page.link("Accounts").click();
  await tab.getByText(cut).waitFor({ timeout: 3_000 });
  await proxy.start();
  await tab.getByTestId("accounts").locator("a").first().waitFor();
  await tab.getByText(cut).waitFor({ state: "hidden" });
});

test("a server that takes requests and does not answer is told within 3 s", async (t) => {
  const { page, tab, proxy } = await behindProxy(t, {}, "");
  await page.goTo("Sessions");
  proxy.mode.answers = false;
  await page.link("Accounts").click();
  await tab.getByText("The server has not answered yet. Still waiting…").waitFor({ timeout: 3_000 });
  proxy.mode.answers = true;
  await tab.getByTestId("accounts").locator("a").first().waitFor({ timeout: 20_000 });
});

test("the start page tells of a server that does not answer, in German too", async (t) => {
  const { page, tab, proxy } = await behindProxy(t, {}, "", { ...desktop, locale: "de-DE" });
  await tab.getByRole("heading", { name: "Profil" }).waitFor();
  await tab.route("**/graphql", () => {}); // no answer
  await tab.reload();
  await tab.getByText("Der Server hat noch nicht geantwortet. Bitte warten …").waitFor({ timeout: 3_000 });
  await tab.unrouteAll();
  await page.isIn();
  assert.ok(proxy.mode.answers);
});

test("a subscription that the server completes is started again", async (t) => {
  const fixture = await openConsole(t, browser, desktop, "#/audit");
  let completed = 0;
  let subscribed = 0;
  await fixture.tab.routeWebSocket("**/graphql", (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const { id, type, payload } = JSON.parse(text);
      server.send(text);
      if (type === "subscribe" && payload.operationName === "AuditEvents") {
        subscribed++;
        if (completed++ === 0) {
          server.send(JSON.stringify({ id, type: "complete" }));
          socket.send(JSON.stringify({ id, type: "complete" })); // the page was too slow for the server
        }
      }
    });
  });
  await fixture.page.signIn(admin.email, admin.password);
  await badge(fixture.tab, "live").waitFor();
  while (subscribed < 2) {
    await fixture.tab.waitForEvent("websocket", { timeout: 100 }).catch(() => {});
    assert.ok(completed < 5);
  }
  const { email } = await registered(address("sven"));
  await events(fixture.tab).filter({ hasText: email }).first().waitFor();
});
