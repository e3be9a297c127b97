import { useSyncExternalStore } from "react";

const subscribe = (changed: () => void) => {
  addEventListener("online", changed);
  addEventListener("offline", changed);
  return () => {
    removeEventListener("online", changed);
    removeEventListener("offline", changed);
  };
};

/** Reports whether the browser has a network connection. */
export const useOnline = () => useSyncExternalStore(subscribe, () => navigator.onLine);
