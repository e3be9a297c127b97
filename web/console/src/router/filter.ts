// Filter of a list in the query of the location, so that Back, a reload and a bookmark restore it.

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useDebouncedValue } from "../components/debouncedvalue";
import { useQueryString } from "./location";

type Change = Record<string, string | null>;

/** Filter entry that starts a page of a list. A cursor is valid for one filter and one order. */
export const firstPage = { after: null, before: null };

/**
 * Returns the filter and a function that changes it. The first change of a list without a filter adds an entry to the history, so
 * that Back returns to the whole list; later changes replace that entry. `push` adds an entry for another page of the list.
 */
export function useFilter(): [URLSearchParams, (change: Change, push?: boolean) => void] {
  const [path, navigate] = useLocation();
  const query = useQueryString();
  function change(change: Change, push = query === "") {
    const params = new URLSearchParams(query);
    for (const [name, value] of Object.entries(change)) {
      if (value) {
        params.set(name, value);
      } else {
        params.delete(name);
      }
    }
    navigate(params.size > 0 ? `${path}?${params}` : path, { replace: !push });
  }
  return [new URLSearchParams(query), change];
}

/** Returns a text of the filter as it is typed. The location has the debounced text, and changes `also` with it. */
export function useFilterText(name: string, also: Change): [string, (text: string) => void] {
  const [filter, changeFilter] = useFilter();
  const value = filter.get(name) ?? "";
  const [text, setText] = useState(value);
  const debounced = useDebouncedValue(text.trim());
  const written = useRef(value);
  useEffect(() => {
    if (value !== written.current) {
      written.current = value; // by Back, or by a link
      setText(value);
    }
  }, [value]);
  const write = useEffectEvent((text: string) => {
    if (text !== written.current) {
      written.current = text;
      changeFilter({ ...also, [name]: text });
    }
  });
  useEffect(() => write(debounced), [debounced]);
  return [text, setText];
}
