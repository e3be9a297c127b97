import { gql, type TypedDocumentNode } from "@apollo/client";
import type { Permission } from "../words/schema";

export type Role = {
  __typename: "Role";
  id: string;
  name: string;
  description: string | null;
  permissions: Permission[];
  builtIn: boolean;
};

const ROLE = gql`
  fragment RoleParts on Role {
    id
    name
    description
    permissions
    builtIn
  }
`;

export const ROLES: TypedDocumentNode<{ roles: Role[] | null }> = gql`
  query Roles {
    roles {
      ...RoleParts
    }
  }
  ${ROLE}
`;

export const CREATE_ROLE: TypedDocumentNode<
  { createRole: { role: Role } | null },
  { input: { name: string; description: string | null; permissions: Permission[] } }
> = gql`
  mutation CreateRole($input: CreateRoleInput!) {
    createRole(input: $input) {
      role {
        ...RoleParts
      }
    }
  }
  ${ROLE}
`;

export const UPDATE_ROLE: TypedDocumentNode<
  { updateRole: { role: Role } | null },
  { id: string; input: { description: string | null; permissions: Permission[] } }
> = gql`
  mutation UpdateRole($id: ID!, $input: UpdateRoleInput!) {
    updateRole(id: $id, input: $input) {
      role {
        ...RoleParts
      }
    }
  }
  ${ROLE}
`;

export const DELETE_ROLE: TypedDocumentNode<{ deleteRole: { deletedRoleId: string } | null }, { id: string }> = gql`
  mutation DeleteRole($id: ID!) {
    deleteRole(id: $id) {
      deletedRoleId
    }
  }
`;
