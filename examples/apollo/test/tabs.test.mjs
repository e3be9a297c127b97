// Ten tabs of one browser whose access tokens run out in the same second, with the real life of a token cut to 5 seconds.
// ROUNDS says how many times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cluster } from "./cluster.mjs";
import { Front } from "../../../clients/js/test/front.mjs";
import { serve } from "../../../clients/js/test/server.mjs";
import { ask, launch, open, register, signedIn, until, visit } from "./browser.mjs";

const TABS = 10;
const rounds = (usual) => Number(process.env.ROUNDS ?? usual);
const life = 5000;
const settings = { AUTHGRAPH_ACCESS_TOKEN_TTL: `${life}ms` };

for (const [delivery, times] of [["BODY", rounds(5)], ["COOKIE", rounds(10)]]) {
  test(`${TABS} tabs, one server, ${delivery}: one exchange for each of ${times} expiries`, async (t) => {
    const server = await serve(settings);
    t.after(() => server.close());
    await expire(t, [server], delivery, times);
  });
}

test(`${TABS} tabs, three servers on one database: one exchange for each of ${rounds(5)} expiries`, async (t) => {
  const database = await cluster();
  if (!database) {
    t.skip("there is no PostgreSQL");
    assert.notEqual(process.env.CI, "true", "a skip in CI");
    return;
  }
  t.after(() => database.close());
  const servers = [];
  t.after(() => Promise.all(servers.map((server) => server.close())));
  for (let i = 0; i < 3; i++) {
    servers.push(await serve({ ...settings, ...database.settings }));
  }
  await expire(t, servers, "COOKIE", rounds(5));
});

async function expire(t, servers, delivery, times) {
  const front = await Front.open(...servers);
  t.after(() => front.close());
  const browser = await launch();
  t.after(() => browser.close());
  const { context, page, faults } = await visit(browser, front);
  await register(page, "ten@example.com", { stay: delivery === "COOKIE" });
  const pages = [page];
  while (pages.length < TABS) {
    pages.push(await open(context));
  }
  await Promise.all(pages.map((each) => signedIn(each, "ten@example.com")));
  await until("ten sockets", () => front.sockets.size === TABS);

  // Each token's end closes the ten sockets, and while it is being exchanged every tab asks something besides.
  front.slow.Refresh = 300;
  for (let round = 1; round <= times; round++) {
    const before = front.count("Refresh");
    await until(`round ${round}: an exchange`, () => front.count("Refresh") > before);
    const answers = await Promise.all(pages.map(ask));
    assert.deepEqual(answers, Array(TABS).fill("allowed"), `round ${round}: requests were lost`);
    await until(`round ${round}: ten sockets`, () => front.sockets.size === TABS);
  }
  const exchanges = front.passed.filter(({ operation }) => operation === "Refresh");
  const failed = exchanges.filter(({ status, codes }) => status !== 200 || codes.length > 0);
  assert.deepEqual(failed, [], "exchanges that failed");
  // Each exchange presents the token that the one before it brought, and none comes while an access token has long to live.
  assert.equal(new Set(exchanges.map(({ presented }) => presented)).size, exchanges.length, "a token was exchanged twice");
  const gaps = exchanges.slice(1).map(({ at }, i) => at - exchanges[i].at);
  assert.deepEqual(gaps.filter((gap) => gap < life / 2), [], "exchanged long before its end");
  t.diagnostic(`${exchanges.length} exchanges, ${front.count("Can")} requests beside them, gaps from ${Math.min(...gaps)} ms`);
  for (const each of pages) {
    assert.equal(await each.getByTestId("email").isVisible(), true, "a tab is signed out");
  }
  assert.deepEqual(faults, []);
  const asked = new Set(front.passed.map(({ port }) => port));
  assert.equal(asked.size, servers.length, "not every server was asked");
}
