// One script for the three workers of Monaco, selected by name, so that their common half is sent once.
const languages: Record<string, () => Promise<unknown>> = {
  json: () => import("monaco-editor/esm/vs/language/json/json.worker.js"),
  graphql: () => import("monaco-graphql/esm/graphql.worker.js"),
};
const plain = () => import("monaco-editor/esm/vs/editor/editor.worker.js");

// Each module replaces onmessage when it has loaded. Earlier messages are kept until then.
const early: MessageEvent[] = [];
self.onmessage = (event) => early.push(event);

await (languages[self.name] ?? plain)();
for (const event of early) {
  self.onmessage.call(self, event);
}

export {};
