import { textOf } from "../i18n/i18n";
import type { Role } from "../operation/type";

/** Returns the description of a role: the console's own text for a built-in role, otherwise the text of its author. */
export function roleDescription({ name, description, builtIn }: Role): string | null {
  return (builtIn && textOf("builtInRole", name)) || description;
}
