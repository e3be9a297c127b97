/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "mutation Login($email: EmailAddress!, $password: String!) {\n  login(input: {email: $email, password: $password, delivery: COOKIE}) {\n    accessToken\n    expiresIn\n    pending\n  }\n}\n\nquery Me {\n  me {\n    id\n    email\n    roles\n    permissions\n    createdAt\n  }\n}\n\nquery Sessions($first: Int!) {\n  me {\n    id\n    sessions(first: $first) {\n      edges {\n        node {\n          ...SessionParts\n        }\n      }\n    }\n  }\n}\n\nsubscription SessionEvents {\n  sessionEvents {\n    kind\n    at\n    session {\n      ...SessionParts\n    }\n  }\n}\n\nfragment SessionParts on Session {\n  id\n  createdAt\n  lastUsedAt\n  endReason\n  current\n}": typeof types.LoginDocument,
    "query Accounts($query: String, $after: String) {\n  users(\n    first: 50\n    after: $after\n    filter: {query: $query}\n    orderBy: {field: CREATED_AT, direction: DESC}\n  ) {\n    edges {\n      node {\n        id\n        email\n        suspendedAt\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nmutation CreateSupport($name: String!) {\n  createRole(input: {name: $name, permissions: [USERS_READ, SESSIONS_REVOKE]}) {\n    role {\n      id\n      permissions\n    }\n  }\n}": typeof types.AccountsDocument,
    "query Codes {\n  authOptions {\n    errorCodes\n    errorReasons\n  }\n}": typeof types.CodesDocument,
};
const documents: Documents = {
    "mutation Login($email: EmailAddress!, $password: String!) {\n  login(input: {email: $email, password: $password, delivery: COOKIE}) {\n    accessToken\n    expiresIn\n    pending\n  }\n}\n\nquery Me {\n  me {\n    id\n    email\n    roles\n    permissions\n    createdAt\n  }\n}\n\nquery Sessions($first: Int!) {\n  me {\n    id\n    sessions(first: $first) {\n      edges {\n        node {\n          ...SessionParts\n        }\n      }\n    }\n  }\n}\n\nsubscription SessionEvents {\n  sessionEvents {\n    kind\n    at\n    session {\n      ...SessionParts\n    }\n  }\n}\n\nfragment SessionParts on Session {\n  id\n  createdAt\n  lastUsedAt\n  endReason\n  current\n}": types.LoginDocument,
    "query Accounts($query: String, $after: String) {\n  users(\n    first: 50\n    after: $after\n    filter: {query: $query}\n    orderBy: {field: CREATED_AT, direction: DESC}\n  ) {\n    edges {\n      node {\n        id\n        email\n        suspendedAt\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nmutation CreateSupport($name: String!) {\n  createRole(input: {name: $name, permissions: [USERS_READ, SESSIONS_REVOKE]}) {\n    role {\n      id\n      permissions\n    }\n  }\n}": types.AccountsDocument,
    "query Codes {\n  authOptions {\n    errorCodes\n    errorReasons\n  }\n}": types.CodesDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation Login($email: EmailAddress!, $password: String!) {\n  login(input: {email: $email, password: $password, delivery: COOKIE}) {\n    accessToken\n    expiresIn\n    pending\n  }\n}\n\nquery Me {\n  me {\n    id\n    email\n    roles\n    permissions\n    createdAt\n  }\n}\n\nquery Sessions($first: Int!) {\n  me {\n    id\n    sessions(first: $first) {\n      edges {\n        node {\n          ...SessionParts\n        }\n      }\n    }\n  }\n}\n\nsubscription SessionEvents {\n  sessionEvents {\n    kind\n    at\n    session {\n      ...SessionParts\n    }\n  }\n}\n\nfragment SessionParts on Session {\n  id\n  createdAt\n  lastUsedAt\n  endReason\n  current\n}"): (typeof documents)["mutation Login($email: EmailAddress!, $password: String!) {\n  login(input: {email: $email, password: $password, delivery: COOKIE}) {\n    accessToken\n    expiresIn\n    pending\n  }\n}\n\nquery Me {\n  me {\n    id\n    email\n    roles\n    permissions\n    createdAt\n  }\n}\n\nquery Sessions($first: Int!) {\n  me {\n    id\n    sessions(first: $first) {\n      edges {\n        node {\n          ...SessionParts\n        }\n      }\n    }\n  }\n}\n\nsubscription SessionEvents {\n  sessionEvents {\n    kind\n    at\n    session {\n      ...SessionParts\n    }\n  }\n}\n\nfragment SessionParts on Session {\n  id\n  createdAt\n  lastUsedAt\n  endReason\n  current\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Accounts($query: String, $after: String) {\n  users(\n    first: 50\n    after: $after\n    filter: {query: $query}\n    orderBy: {field: CREATED_AT, direction: DESC}\n  ) {\n    edges {\n      node {\n        id\n        email\n        suspendedAt\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nmutation CreateSupport($name: String!) {\n  createRole(input: {name: $name, permissions: [USERS_READ, SESSIONS_REVOKE]}) {\n    role {\n      id\n      permissions\n    }\n  }\n}"): (typeof documents)["query Accounts($query: String, $after: String) {\n  users(\n    first: 50\n    after: $after\n    filter: {query: $query}\n    orderBy: {field: CREATED_AT, direction: DESC}\n  ) {\n    edges {\n      node {\n        id\n        email\n        suspendedAt\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nmutation CreateSupport($name: String!) {\n  createRole(input: {name: $name, permissions: [USERS_READ, SESSIONS_REVOKE]}) {\n    role {\n      id\n      permissions\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Codes {\n  authOptions {\n    errorCodes\n    errorReasons\n  }\n}"): (typeof documents)["query Codes {\n  authOptions {\n    errorCodes\n    errorReasons\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;