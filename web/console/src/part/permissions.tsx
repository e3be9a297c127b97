import type { Permission } from "../generated/schema";
import { useWords } from "../words/language";

/** Permissions in words, each with its name. */
export function Permissions({ of, none }: { of: readonly Permission[]; none: string }) {
  const words = useWords();
  if (of.length === 0) {
    return <p className="dim">{none}</p>;
  }
  return (
    <ul className="plain">
      {of.map((permission) => (
        <li key={permission}>{words.permission[permission] ?? permission} <code>{permission}</code></li>
      ))}
    </ul>
  );
}
