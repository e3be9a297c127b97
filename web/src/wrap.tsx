import { useGraphiQL } from "@graphiql/react";
import { useEffect } from "react";

/** Wraps long lines in both editors, as GraphiQL does in the answer, because a phone shows half of a line. */
export function Wrap() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);

  useEffect(() => {
    for (const editor of [queryEditor, variableEditor]) {
      editor?.updateOptions({ wordWrap: "on" });
    }
  }, [queryEditor, variableEditor]);
  return null;
}
