import { textOf } from "../i18n/i18n";

/** Returns the steps between a person and the account as text. An unknown step keeps the name of the API. */
export function pendingStepNames(pending: readonly string[]): string {
  return pending.map((step) => textOf("pending", step) ?? step).join(", ");
}
