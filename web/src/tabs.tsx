import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from "graphql";
import { useEffect } from "react";
import type { Subscriptions } from "./subscriptions";

/** Gives a tab that is shown what belongs to it: its operations, for the ▶ button, and its subscription. */
export function Tabs({ subscriptions }: { subscriptions: Subscriptions }) {
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id);
  const chosen = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.operationName);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const { run, setOperationFacts } = useGraphiQLActions();

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when another tab is chosen, and only then
  useEffect(() => {
    // GraphiQL does so too, 100 ms after the document has changed. Until then ▶ offers the operations of the tab before.
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
