import { useSyncExternalStore } from "react";

const subscribe = (changed: () => void) => {
  addEventListener("online", changed);
  addEventListener("offline", changed);
  return () => {
    removeEventListener("online", changed);
    removeEventListener("offline", changed);
  };
};

/** Whether the browser has a network at all, by its own account. */
export const useOnline = () => useSyncExternalStore(subscribe, () => navigator.onLine);
