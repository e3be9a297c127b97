// One script for all three of Monaco's workers, told apart by name, so that the half they share is sent once.
const languages: Record<string, () => Promise<unknown>> = {
  json: () => import("monaco-editor/esm/vs/language/json/json.worker.js"),
  graphql: () => import("monaco-graphql/esm/graphql.worker.js"),
};
const plain = () => import("monaco-editor/esm/vs/editor/editor.worker.js");

// Each of these modules takes over onmessage when it has loaded; what came before then would be lost.
const early: MessageEvent[] = [];
self.onmessage = (event) => early.push(event);

await (languages[self.name] ?? plain)();
for (const event of early) {
  self.onmessage.call(self, event);
}

export {};
