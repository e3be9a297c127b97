import { socketMonitor } from "../client";
import { useReachable } from "./reachbanner";
import type { FeedState } from "./feed";
import { useWords } from "../words/language";

/** Badge of a list that changes as things happen. It is green only while the server is heard. */
export function LiveBadge({ state, paused }: { state: FeedState; paused?: string | undefined }) {
  const words = useWords();
  const text = state === "off" ? paused : words.live[state];
  return (
    <span className={state === "lost" ? "live lost" : "live"} role="status" data-state={state}>{text}</span>
  );
}

/** Advice under the title of a list that should be live and is not, with a way to read it again. */
export function LiveAdvice({ state, onReload }: { state: FeedState; onReload: () => void }) {
  const words = useWords();
  const reachable = useReachable();
  if (state !== "lost" || !reachable) {
    return null; // the banner says that the server is out of reach
  }
  return (
    <div className="notice advice" role="status">
      <p>{socketMonitor.full() ? words.live.full : words.live.advice}</p>
      <button onClick={onReload}>{words.live.reload}</button>
    </div>
  );
}
