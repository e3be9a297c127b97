import { useEffect, useState } from "react";

/** Milliseconds that a value has to stay unchanged. */
const DELAY = 250;

/** Returns the last value that has stayed unchanged for DELAY. */
export function useDebouncedValue<T>(value: T): T {
  const [debounced, setDebounced] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(value), DELAY);
    return () => clearTimeout(timer);
  }, [value]);
  return debounced;
}
