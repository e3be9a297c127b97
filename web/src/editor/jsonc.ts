// A Prettier plugin for "Prettify" in the variables and headers editors, in place of Prettier's own (see vite.config.ts).
import { applyEdits, format } from "jsonc-parser";

type Text = { text: string };

function indent(text: string): Text {
  const edits = format(text, undefined, { insertSpaces: true, tabSize: 2, eol: "\n" });
  return { text: applyEdits(text, edits) };
}

export const parsers = {
  jsonc: { astFormat: "indented", parse: indent, locStart: () => 0, locEnd: (node: Text) => node.text.length },
};

export const printers = {
  indented: { print: (path: { node: Text }) => path.node.text },
};
