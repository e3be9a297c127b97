// The playground by what a person sees: names of buttons, panes and fields.

export class Playground {
  constructor(page) {
    this.page = page;
    this.status = page.getByRole("banner").getByRole("status");
    this.lifetime = page.getByRole("banner").getByTitle("Until the access token expires");
    this.result = page.getByRole("region", { name: "Result Window" });
    this.form = page.getByRole("form", { name: "Sign in" });
    this.faults = this.form.getByRole("alert");
  }

  /** Opens the page and waits until the schema is known and the document stands in the editor. */
  async open() {
    const schema = this.page.waitForResponse((response) => response.url().endsWith("/graphql"));
    await this.page.goto("/");
    await schema;
    await this.lines("# Press ▶").waitFor();
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The lines of the document on screen that hold this text. */
  lines(text) {
    return this.#editor("Operation Editor").locator(".view-line").filter({ hasText: text });
  }

  /** Opens a pane of the sidebar, such as "Documentation Explorer". */
  async show(pane) {
    await this.button(`Show ${pane}`).click();
  }

  async hide(pane) {
    await this.button(`Hide ${pane}`).click();
  }

  /** Shows an open tab, by its title. */
  async tab(title) {
    await this.#tab(title).locator(".graphiql-tab-button").click();
  }

  async closeTab(title) {
    await this.#tab(title).hover();
    await this.#tab(title).locator(".graphiql-tab-close").click();
  }

  /** Pastes over what stands in "Operation Editor", "Variables" or "Headers": typed brackets would close themselves. */
  async write(pane, text) {
    await this.#editor(pane).locator(".view-lines").filter({ visible: true }).click();
    await this.page.keyboard.press("Control+A");
    await this.page.evaluate((value) => navigator.clipboard.writeText(value), text);
    await this.page.keyboard.press("Control+V");
  }

  /** Sets the variables out over several lines, and waits until they are. */
  async prettify() {
    await this.page.getByRole("button", { name: /^Prettify query/ }).click();
    await this.#editor("Variables").getByText(/^\s*"password"/).waitFor();
  }

  /** Runs one operation of several from the Run menu, and returns the request that it made. */
  async run(operation) {
    const request = this.page.waitForRequest((r) => r.postDataJSON()?.operationName === operation);
    await this.page.getByRole("button", { name: /^Execute query/ }).click();
    await this.page.getByRole("menuitem", { name: operation, exact: true }).click();
    return request;
  }

  /** Opens the example of an operation, in a tab of its own, and waits until it stands in the editor. */
  async example(operation) {
    await this.show("Examples");
    await this.choose(operation);
  }

  /** Chooses an operation of the list of examples. */
  async choose(operation) {
    await this.page.getByRole("region", { name: "Examples", exact: true }).getByRole("button", { name: operation, exact: true }).click();
    await this.#editor("Operation Editor").getByText(`${operation} {`, { exact: true }).waitFor();
  }

  /** Runs the only operation of the tab. */
  async execute() {
    await this.page.getByRole("button", { name: /^Execute query/ }).click();
  }

  /** Stops the subscription of the tab. */
  async stop() {
    await this.page.getByRole("button", { name: /^Stop query/ }).click();
  }

  async isIdle() {
    await this.page.getByRole("button", { name: /^Execute query/ }).waitFor();
  }

  async isRunning() {
    await this.page.getByRole("button", { name: /^Stop query/ }).waitFor();
  }

  /** Waits until the answer on screen holds all of these texts. */
  async shows(...texts) {
    for (const text of texts) {
      await this.result.filter({ hasText: text }).waitFor();
    }
  }

  async saysStatus(text) {
    await this.status.filter({ hasText: text }).waitFor();
  }

  async fill(email, password) {
    await this.form.getByLabel("Email").fill(email);
    await this.form.getByLabel("Password").fill(password);
  }

  async submit(name) {
    await this.form.getByRole("button", { name, exact: true }).click();
  }

  #tab(title) {
    return this.page.locator(".graphiql-tab").filter({ hasText: title });
  }

  #editor(name) {
    return this.page.getByRole("region", { name, exact: true });
  }
}
