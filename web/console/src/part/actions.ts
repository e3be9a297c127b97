import type { Action } from "../words/schema";

/** Actions of the audit log in the groups that the filter offers. */
export const actionGroups = {
  signIn: ["session.start", "session.end", "session.refresh", "session.late_refresh", "session.foreign_refresh"],
  account: ["user.register", "user.create", "user.update", "user.roles", "user.suspend", "user.reinstate", "user.delete"],
  role: ["role.create", "role.update", "role.delete"],
  access: ["access.denied", "impersonation.operation"],
  server: ["key.rotate", "key.revoke", "secret.reseal", "audit.sign", "mail.give_up"],
} as const satisfies Record<string, readonly Action[]>;

export type ActionGroup = keyof typeof actionGroups;
