// What a test does in the console, by what a person sees of it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export class Console {
  constructor(page) {
    this.page = page;
    this.heading = page.getByRole("heading", { level: 1 });
    this.faults = page.locator(".faults p");
    this.sessions = page.getByTestId("sessions").locator("li");
  }

  async open(hash = "") {
    await this.page.goto(`/console${hash}`);
    await this.heading.first().waitFor();
  }

  button(name, exact = true) {
    return this.page.getByRole("button", { name, exact });
  }

  link(name) {
    return this.page.getByRole("navigation").getByRole("link", { name, exact: true });
  }

  dialog(name) {
    return this.page.getByRole("dialog", { name });
  }

  async goTo(name) {
    await this.link(name).click();
    await this.page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  }

  async fill(email, password) {
    await this.page.getByLabel("Email").fill(email);
    await this.page.getByLabel("Password").fill(password);
  }

  async signIn(email, password) {
    await this.fill(email, password);
    await this.page.locator("form .primary").click();
    await this.isIn();
  }

  async register(email, password, name = "Ada") {
    await this.button("Create an account").click();
    await this.page.getByLabel("Name").fill(name);
    await this.signIn(email, password);
  }

  isIn() {
    return this.page.getByRole("navigation").waitFor();
  }

  isOut() {
    return this.page.locator(".door").waitFor();
  }

  /** No rule of axe that is serious or critical may be broken, in either colour scheme. */
  async accessible(what) {
    for (const colorScheme of ["light", "dark"]) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await this.page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))));
      // Through the debugger, which the page's Content-Security-Policy does not concern.
      await this.page.evaluate(axe);
      const { violations, passes } = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      assert.ok(passes.length > 5, `axe looked at nothing of ${what}`);
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      assert.deepEqual(
        serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`),
        [],
        `${what}, ${colorScheme}`,
      );
    }
    await this.page.emulateMedia({ colorScheme: null, reducedMotion: null });
  }
}
