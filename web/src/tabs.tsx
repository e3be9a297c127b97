import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from "graphql";
import { useEffect } from "react";
import type { Subscriptions } from "./subscriptions";

/** Restores the operations of a shown tab, for the ▶ button, and its subscription. */
export function Tabs({ subscriptions }: { subscriptions: Subscriptions }) {
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id);
  const chosen = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.operationName);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const { run, setOperationFacts } = useGraphiQLActions();

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when another tab is chosen, and only then
  useEffect(() => {
    // GraphiQL does the same 100 ms after a change of the document. Until then ▶ has the operations of the last tab.
    setOperationFacts(facts(queryEditor?.getValue() ?? "", chosen));
    const timer = setTimeout(() => subscriptions.resume(run)); // after GraphiQL has noted that the tab before is left
    return () => clearTimeout(timer);
  }, [tab, queryEditor]);
  return null;
}

function facts(query: string, chosen: string | null | undefined) {
  const documentAST = parsed(query);
  const operations = documentAST?.definitions.filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION);
  const names = operations?.map(({ name }) => name?.value) ?? [];
  return { documentAST, operations, operationName: names.find((name) => name === chosen) ?? names[0] };
}

function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined;
  }
}
