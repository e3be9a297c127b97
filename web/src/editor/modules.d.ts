// Scripts that set self.onmessage. Their exports are unused.
declare module "monaco-editor/esm/vs/language/json/json.worker.js";
declare module "monaco-editor/esm/vs/editor/editor.worker.js";
