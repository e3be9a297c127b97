import { gql, type TypedDocumentNode } from "@apollo/client";

export type Condition = {
  permissions: string[];
  roles: string[];
  owner: boolean | null;
  assurance: "SINGLE_FACTOR" | "MULTI_FACTOR" | null;
  maxAge: string | null;
};

export const POLICY: TypedDocumentNode<{ policy: { field: string; public: boolean; anyOf: Condition[] }[] | null }> = gql`
  query Policy {
    policy {
      field
      public
      anyOf {
        permissions
        roles
        owner
        assurance
        maxAge
      }
    }
  }
`;
