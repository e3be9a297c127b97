import { useSyncExternalStore } from "react";
import { reach, session } from "../client";
import { useWords } from "../words/language";
import { useOnline } from "./online";
import { useReach } from "./reach";

/** Reports whether the server answers, as far as this page knows. */
export function useReachable(): boolean {
  const { retrying } = useSyncExternalStore(session.subscribe, session.state);
  return useReach(reach) === "reached" && !retrying;
}

/** Sentence about a server that does not answer; null while it does. */
export function useUnreachable(): string | null {
  const words = useWords();
  const online = useOnline();
  const reachable = useReachable();
  const slow = useReach(reach) === "slow";
  return !online ? words.offline : reachable ? null : slow ? words.slow : words.unreachable;
}

/** Banner above every page while the server does not answer. Always there, so that a screen reader reads it out. */
export function ReachBanner() {
  const said = useUnreachable();
  return <p className="banner" role="status" hidden={said === null}>{said}</p>;
}

/** Stands in the place of a list that is being read. The banner says what is wrong when that takes long. */
export function Loading() {
  const words = useWords();
  const reachable = useReachable();
  return <p className="dim" aria-busy="true">{reachable ? words.loading : words.waiting}</p>;
}
