// The smallest client that types its answers by the document that it sends.

import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import type { Fault } from "./error";
import { CreateSupportDocument, Permission, SessionsDocument } from "./generated/graphql";

export type Answer<Data> = { data?: Data | null; errors?: Fault[] };

export async function ask<Data, Variables>(
  url: string,
  token: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Answer<Data>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: print(document), variables }),
  });
  return (await response.json()) as Answer<Data>;
}

/** Guarded fields may be null, and the types say so. */
export async function otherSessions(url: string, token: string): Promise<string[]> {
  const { data } = await ask(url, token, SessionsDocument, { first: 100 });
  const edges = data?.me?.sessions?.edges ?? [];
  return edges.flatMap(({ node }) => (node && !node.current ? [node.id] : []));
}

/** Whether the new role can end sessions, as it was asked for. */
export async function createSupport(url: string, token: string, name: string): Promise<boolean> {
  const { data } = await ask(url, token, CreateSupportDocument, { name });
  return data?.createRole?.role.permissions.includes(Permission.SessionsRevoke) ?? false;
}
