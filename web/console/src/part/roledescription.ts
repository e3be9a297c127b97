import type { Role } from "../operation/type";
import type { Words } from "../words/en";

/** Returns what a role is for: of built-in roles in the page's language, otherwise as its author wrote it. */
export function descriptionOf({ name, description, builtIn }: Role, words: Words): string | null {
  return (builtIn && words.builtInRole[name]) || description;
}
