// What the console asks, letter for letter as its client sends it, for servers that serve stored operations only. The build
// writes it down (vite.config.ts); no page imports it.

import { REFRESH_DOCUMENT } from "#client/exchange";
import { InMemoryCache } from "@apollo/client";
import { print } from "@apollo/client/utilities";
import type { DocumentNode } from "graphql";

const modules = import.meta.glob<Record<string, unknown>>("./operation/*.ts", { eager: true });
const cache = new InMemoryCache();

export const documents = [
  REFRESH_DOCUMENT,
  ...Object.values(modules)
    .flatMap((module) => Object.values(module))
    .filter(isOperation)
    .map((document) => print(cache.transformDocument(document))),
];

function isOperation(value: unknown): value is DocumentNode {
  const { kind, definitions } = (value ?? {}) as Partial<DocumentNode>;
  return kind === "Document" && Boolean(definitions?.some((each) => each.kind === "OperationDefinition"));
}
