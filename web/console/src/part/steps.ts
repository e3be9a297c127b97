import type { Words } from "../words/en";

/** What stands between the person and the account, in words. A step that we do not know is told by its name. */
export function steps(pending: readonly string[], words: Words): string {
  const names: Record<string, string> = words.pending;
  return pending.map((step) => names[step] ?? step).join(", ");
}
