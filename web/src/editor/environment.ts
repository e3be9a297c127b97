import type {} from "monaco-editor";
import LanguageWorker from "./worker?worker";

window.MonacoEnvironment = {
  getWorker: (_id, label) => new LanguageWorker({ name: label }),
};
