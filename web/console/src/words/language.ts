import { useSyncExternalStore } from "react";
import { de } from "./de";
import { en, type Words } from "./en";

const KEPT = "authgraph.language";
const tables = { en, de } satisfies Record<string, Words>;
type Language = keyof typeof tables;

let current: Language = chosen() ?? (navigator.language.toLowerCase().startsWith("de") ? "de" : "en");
const listeners = new Set<() => void>();
document.documentElement.lang = current;

/** The texts in the person's language: the browser's until they choose. */
export function useWords(): Words {
  return tables[useSyncExternalStore(subscribe, () => current)];
}

export function switchLanguage() {
  current = current === "en" ? "de" : "en";
  localStorage.setItem(KEPT, current);
  document.documentElement.lang = current;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function chosen(): Language | null {
  const kept = localStorage.getItem(KEPT);
  return kept === "en" || kept === "de" ? kept : null;
}
