// A Chromium that reaches one server only, and records the faults of its pages.
import { chromium } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Headless, with a temporary profile of its own that goes when it is closed. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: flags,
  });
}

/** Returns a new browser context with a page. `visit.faults` collects foreign requests, CSP violations, script errors and console errors, `visit.documents` what was asked. */
export async function newClient(browser, origin, options = {}) {
  const context = await browser.newContext({ baseURL: origin, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const visit = { context, page: null, faults: [], requests: [], documents: new Set(), tokens: new Set() };

  const foreign = (url) => new URL(url).origin !== origin && !/^(data|blob):/.test(url);
  await context.route(foreign, (route) => route.abort());
  await context.routeWebSocket(({ host }) => host !== new URL(origin).host, (socket) => visit.faults.push(`socket to ${socket.url()}`));
  context.on("request", (request) => {
    visit.requests.push(request);
    note(visit.documents, request.postData());
    if (foreign(request.url())) {
      visit.faults.push(`request to ${request.url()}`);
    }
  });
  context.on("page", (page) => page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => note(visit.documents, payload))));
  context.on("response", (response) => noteTokens(response, visit.tokens));
  context.on("console", (message) => {
    if (message.type() === "error" && !refusal(message)) {
      visit.faults.push(`console: ${message.text()}`);
    }
  });
  context.on("weberror", (error) => visit.faults.push(`script: ${error.error()}`));
  await context.exposeFunction("violated", (what) => visit.faults.push(`CSP: ${what}`));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      violated(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });

  visit.page = await context.newPage();
  return visit;
}

/** The document in the body of a request, or in a message of graphql-transport-ws. */
function note(documents, text) {
  const { payload, query = payload?.query } = JSON.parse(text || "{}");
  if (query) {
    documents.add(query);
  }
}

async function noteTokens(response, tokens) {
  if (!response.url().endsWith("/graphql")) {
    return;
  }
  const body = await response.text().catch(() => "");
  for (const [, token] of body.matchAll(/"(?:access|refresh)Token":\s*"([^"]+)"/g)) {
    tokens.add(token);
  }
}

// Chromium logs a 401 or 503 of /graphql as an error. Being refused is part of the API; the page shows the answer.
function refusal(message) {
  return message.location().url.endsWith("/graphql") && /status of (4\d\d|503)/.test(message.text());
}

/** Everything that the page has written where it would outlive the page. */
export function kept(page) {
  return page.evaluate(async () =>
    JSON.stringify({
      local: { ...localStorage },
      session: { ...sessionStorage },
      cookies: document.cookie,
      databases: (await indexedDB.databases()).map(({ name }) => name),
    }),
  );
}
