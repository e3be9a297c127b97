// Scripts that set self.onmessage and export nothing that is used here.
declare module "monaco-editor/esm/vs/language/json/json.worker.js";
declare module "monaco-editor/esm/vs/editor/editor.worker.js";
