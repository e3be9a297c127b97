// Documents of the console, byte for byte as its client sends them, for servers that serve stored operations only. The build
// writes them to operations.json (vite.config.ts). No page imports this file.

import { InMemoryCache } from "@apollo/client";
import { print } from "@apollo/client/utilities";
import type { DocumentNode } from "graphql";
import { REFRESH_DOCUMENT } from "#client/exchange";
import * as generated from "./generated/operation";

const cache = new InMemoryCache();

export const documents = [
  REFRESH_DOCUMENT,
  ...Object.values<DocumentNode>(generated)
    .filter(({ definitions }) => definitions.some(({ kind }) => kind === "OperationDefinition"))
    .map((document) => print(cache.transformDocument(document))),
];
