import { useTranslation } from "react-i18next";
import { socketMonitor } from "../client";
import type { FeedState } from "./feed";
import { useReachable } from "./reachabilitybanner";

/** Badge of a live list. It is green only while the server answers pings. */
export function LiveBadge({ state, paused }: { state: FeedState; paused?: string | undefined }) {
  const { t } = useTranslation();
  const text = state === "off" ? paused : t(`live.${state}`);
  return (
    <span className={state === "lost" ? "live lost" : "live"} role="status" data-state={state}>{text}</span>
  );
}

/** Advice about a list that should be live and is not, with a button that requests the list again. */
export function LiveAdvice({ state, onReload }: { state: FeedState; onReload: () => void }) {
  const { t } = useTranslation();
  const reachable = useReachable();
  if (state !== "lost" || !reachable) {
    return null; // the banner says that the server is out of reach
  }
  return (
    <div className="notice advice" role="status">
      <p>{socketMonitor.full() ? t("live.full") : t("live.advice")}</p>
      <button type="button" onClick={onReload}>{t("live.reload")}</button>
    </div>
  );
}
