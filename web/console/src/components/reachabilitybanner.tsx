import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { reach, session } from "../client";
import { useOnline } from "./networkstate";
import { useReachability } from "./reachability";

/** Reports whether the server answers, as far as this page knows. */
export function useReachable(): boolean {
  const { retrying } = useSyncExternalStore(session.subscribe, session.state);
  return useReachability(reach) === "reached" && !retrying;
}

/** Sentence about a server that does not answer; null while it does. */
export function useUnreachable(): string | null {
  const { t } = useTranslation();
  const online = useOnline();
  const reachable = useReachable();
  const slow = useReachability(reach) === "slow";
  return !online ? t("offline") : reachable ? null : slow ? t("slow") : t("unreachable");
}

/** Banner above every page while the server does not answer. Always there, so that a screen reader reads it out. */
export function ReachabilityBanner() {
  const status = useUnreachable();
  return <p className="banner" role="status" hidden={status === null}>{status}</p>;
}

/** Stands in the place of a list that is being read. The banner says what is wrong when that takes long. */
export function Loading() {
  const { t } = useTranslation();
  const reachable = useReachable();
  return <p className="dim" aria-busy="true">{reachable ? t("loading") : t("waiting")}</p>;
}
