// Location of the console for wouter: the path behind "#", such as "#/accounts?q=ada". The server has one document, and the
// browser sends it nothing behind "#". wouter's own hash location puts the query before "#".

import { useSyncExternalStore } from "react";

type Options = { replace?: boolean; state?: unknown };

export const subscribeLocation = (changed: () => void) => {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
};

const current = () => location.hash.replace(/^#?\/*/, "/");

/** Returns the path and the query of a location. */
const split = (to: string): [string, string] => {
  const [path = "", ...query] = to.split("?");
  return [path, query.join("?")];
};

export const readLocation = () => split(current());

/** Goes to a location. A link to the current location adds no entry to the history. */
export function navigate(to: string, { replace = false, state = null }: Options = {}) {
  history[replace || to === current() ? "replaceState" : "pushState"](state, "", `#${to}`);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Returns the path without the query. */
const usePath = (): [string, typeof navigate] => [useSyncExternalStore(subscribeLocation, () => readLocation()[0]), navigate];

/** Returns the query. wouter's useSearch decodes a query twice. */
export const useQueryString = () => useSyncExternalStore(subscribeLocation, () => readLocation()[1]);

/** Location hook for wouter's Router. */
export const useConsoleLocation = Object.assign(usePath, { searchHook: useQueryString, hrefs: (to: string) => `#${to}` });

export const accountPath = (id: string) => `/accounts/${encodeURIComponent(id)}`;

// An entry of the history keeps its scroll position.
history.scrollRestoration = "manual";
addEventListener("scrollend", () => history.replaceState({ y: scrollY }, ""));

/** Returns the scroll position of the current entry of the history in pixels. */
export const scrollPosition = (): number => (history.state as { y?: number } | null)?.y ?? 0;
