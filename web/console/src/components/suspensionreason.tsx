import { useQuery } from "@apollo/client/react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { SuspensionDocument } from "../generated/operation";

/** Milliseconds between two requests, and maximum milliseconds until the audit log has the event of a suspension. */
const POLL = 1_000;
const DELAY = 10_000;
/** Maximum milliseconds from the event of a suspension to its time. */
const TOLERANCE = 5_000;

/** Reason of the current suspension, from the audit log, because the schema has no such field of an account. */
export function SuspensionReason({ accountId, suspendedAt }: { accountId: string; suspendedAt: string }) {
  const { t } = useTranslation();
  const { data, startPolling, stopPolling } = useQuery(SuspensionDocument, { variables: { id: accountId }, fetchPolicy: "cache-and-network" });
  const event = data?.auditEvents?.edges[0]?.node;
  const current = event && Date.parse(event.at) > Date.parse(suspendedAt) - TOLERANCE ? event : null;
  useEffect(() => {
    if (!current && Date.now() - Date.parse(suspendedAt) < DELAY) {
      startPolling(POLL);
      return stopPolling;
    }
    return undefined;
  }, [current, suspendedAt, startPolling, stopPolling]);
  const reason = (current?.details as { reason?: string } | null)?.reason;
  return reason ? <><dt>{t("accounts.suspensionReason")}</dt><dd>{reason}</dd></> : null;
}
