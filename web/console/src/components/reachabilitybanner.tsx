import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { reachability, session } from "../client";
import { useOnline } from "./networkstate";
import { useReachability } from "./reachability";

/** Reports whether the last requests of this page were answered. */
export function useReachable(): boolean {
  const { retrying } = useSyncExternalStore(session.subscribe, session.state);
  return useReachability(reachability) === "reached" && !retrying;
}

/** Returns a sentence about an unreachable server, or null. */
export function useUnreachable(): string | null {
  const { t } = useTranslation();
  const online = useOnline();
  const reachable = useReachable();
  const slow = useReachability(reachability) === "slow";
  return !online ? t("offline") : reachable ? null : slow ? t("slow") : t("unreachable");
}

/** Banner of an unreachable server. The element is always present, so that a screen reader announces its content. */
export function ReachabilityBanner() {
  const status = useUnreachable();
  return <p className="banner" role="status" hidden={status === null}>{status}</p>;
}

/** Placeholder of a list during its first request. The banner gives the reason of a delay. */
export function Loading() {
  const { t } = useTranslation();
  const reachable = useReachable();
  return <p className="dim" aria-busy="true">{reachable ? t("loading") : t("waiting")}</p>;
}
