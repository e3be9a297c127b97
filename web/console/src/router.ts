// The page is what stands behind "#/": the server serves one document, and nothing of what a person looks at is sent to it.
// "#/accounts?q=ada" is the page "accounts" with the filter of a list.

import { useEffect, useRef, useState, useSyncExternalStore } from "react";

const subscribe = (changed: () => void) => {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
};

/** The parts of the path: "#/accounts/user_1" is ["accounts", "user_1"]. */
export function useRoute(): string[] {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return pathOf(hash).split("/").filter(Boolean).map(decoded);
}

/** The filter behind the path, which stays in the URL so that Back, a reload and a bookmark bring it back. */
export function useFilter(): URLSearchParams {
  return new URLSearchParams(searchOf(useSyncExternalStore(subscribe, () => location.hash)));
}

type Change = Record<string, string | null>;

/** Changes the filter. `push` adds an entry to the history, as for another page of a list; otherwise the entry is replaced. */
export function changeFilter(change: Change, push = false) {
  const params = new URLSearchParams(searchOf(location.hash));
  for (const [name, value] of Object.entries(change)) {
    if (value) {
      params.set(name, value);
    } else {
      params.delete(name);
    }
  }
  const search = params.toString();
  const hash = `#${pathOf(location.hash)}${search && `?${search}`}`;
  if (push) {
    history.pushState(null, "", hash);
  } else {
    history.replaceState(null, "", hash);
  }
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Milliseconds that a text has to stay as it is before it is searched for. */
const SETTLED = 250;

/** A text of the filter as it is typed. The URL has it once it has settled, and `also` changes with it. */
export function useFilterText(name: string, also: Change): [string, (text: string) => void] {
  const value = useFilter().get(name) ?? "";
  const [text, setText] = useState(value);
  const written = useRef(value);
  useEffect(() => {
    if (value !== written.current) {
      written.current = value; // by Back, or by a link
      setText(value);
    }
  }, [value]);
  useEffect(() => {
    const settled = text.trim();
    if (settled === written.current) {
      return;
    }
    const timer = setTimeout(() => {
      written.current = settled;
      changeFilter({ ...also, [name]: settled });
    }, SETTLED);
    return () => clearTimeout(timer);
  }, [text]);
  return [text, setText];
}

export function go(...parts: string[]) {
  location.hash = to(...parts);
}

export function to(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

/** The link to a page with a filter. */
export function toFiltered(page: string, filter: Record<string, string>): string {
  return `${to(page)}?${new URLSearchParams(filter)}`;
}

function pathOf(hash: string): string {
  return hash.replace(/^#/, "").split("?", 1)[0]!;
}

function searchOf(hash: string): string {
  const at = hash.indexOf("?");
  return at < 0 ? "" : hash.slice(at + 1);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // typed by hand
  }
}

// The place on the page belongs to its entry in the history.
history.scrollRestoration = "manual";
addEventListener("scrollend", () => history.replaceState({ y: scrollY }, ""));

/** Pixels that the page was scrolled down when its entry of the history was last seen. */
export const scrolled = (): number => (history.state as { y?: number } | null)?.y ?? 0;
