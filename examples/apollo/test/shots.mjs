// Pictures of the pages, for people to look at: node test/shots.mjs FOLDER
import { join } from "node:path";
import { Front } from "../../../clients/js/test/front.mjs";
import { serve } from "../../../clients/js/test/server.mjs";
import { launch, register, signIn, visit } from "./browser.mjs";

const folder = process.argv[2] ?? process.env.ARTIFACTS ?? ".";
const server = await serve();
const front = await Front.open(server);
const browser = await launch();
const other = await visit(browser, front, { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Safari/605.1" });
try {
  await register(other.page, "ada@example.com");
  for (const [name, options] of Object.entries({
    desktop: { viewport: { width: 1280, height: 860 }, colorScheme: "light" },
    dark: { viewport: { width: 1280, height: 860 }, colorScheme: "dark" },
    phone: { viewport: { width: 390, height: 844 }, colorScheme: "light" },
    "phone-dark": { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  })) {
    const { context, page } = await visit(browser, front, options);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.screenshot({ path: join(folder, `apollo-signin-${name}.png`) });
    await signIn(page, "ada@example.com", { stay: true });
    await page.getByLabel("Fields, one a line").fill("Mutation.revokeSession\nQuery.users");
    await page.getByRole("button", { name: "Ask" }).click();
    await page.getByText("FORBIDDEN").waitFor();
    await page.screenshot({ path: join(folder, `apollo-home-${name}.png`), fullPage: true });
    await context.close();
  }
} finally {
  await browser.close();
  await front.close();
  await server.close();
}
