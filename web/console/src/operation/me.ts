import { gql, type TypedDocumentNode } from "@apollo/client";
import type { Permission } from "../words/schema";

/** What the pages draw buttons for. Whether the caller may is the server's to say, before and when it is done. */
export const asked = [
  "Query.users",
  "Query.roles",
  "Query.auditEvents",
  "Query.policy",
  "Mutation.suspendUser",
  "Mutation.reinstateUser",
  "Mutation.deleteUser",
  "Mutation.setUserRoles",
  "Mutation.revokeUserSessions",
  "Mutation.revokeUserSession",
  "Mutation.updateUser",
  "Mutation.createRole",
  "Mutation.updateRole",
  "Mutation.deleteRole",
] as const;
export type Asked = (typeof asked)[number];

export type Me = {
  id: string;
  email: string | null;
  emailConfirmed: boolean | null;
  displayName: string | null;
  createdAt: string;
  roles: string[] | null;
  permissions: Permission[] | null;
};

/** `me` stands beside `can`, which is public: a token that does not count is refused, rather than answered as nobody's. */
export const ME: TypedDocumentNode<
  { me: Me | null; can: { field: Asked; allowed: boolean; code: string | null }[] },
  { fields: readonly Asked[] }
> = gql`
  query Me($fields: [String!]!) {
    me {
      id
      email
      emailConfirmed
      displayName
      createdAt
      roles
      permissions
    }
    can(fields: $fields) {
      field
      allowed
      code
    }
  }
`;
