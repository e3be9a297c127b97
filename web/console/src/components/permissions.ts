import { createContext, useContext } from "react";

/** Fields that the pages have controls for. The server decides, before and during the operation. */
export const guardedFields = [
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
  "Mutation.updateProfile",
  "Mutation.changePassword",
  "Mutation.deleteAccount",
] as const;
export type GuardedField = (typeof guardedFields)[number];

/** Codes of a missing step. The page shows a control that needs the step, and asks for the step on use. */
const steps = new Set(["REAUTHENTICATION_REQUIRED", "SECOND_FACTOR_REQUIRED", "EMAIL_UNCONFIRMED"]);

export type AllowedFields = Record<GuardedField, boolean>;

export function permissionsOf(can: readonly { field: string; allowed: boolean; code: string | null }[] | undefined): AllowedFields {
  const open = new Set(can?.filter(({ allowed, code }) => allowed || steps.has(code ?? "")).map(({ field }) => field));
  return Object.fromEntries(guardedFields.map((field) => [field, open.has(field)])) as AllowedFields;
}

export const PermissionsContext = createContext<AllowedFields>(permissionsOf([]));
export const usePermissions = () => useContext(PermissionsContext);
