import type { TFunction } from "i18next";
import { ENDED_NOTICE, REUSED_NOTICE } from "#client/session";
import { textOf } from "../i18n/i18n";
import { formatDate } from "./time";

const DELETED = "deleted ";

/** Returns the notice of a sign-out by the deletion of the account. All tabs show the notice, each in its language. */
export const deletionNotice = (erasedAt: string) => `${DELETED}${erasedAt}`;

/** Returns the text of a notice. A notice is a name of this console, or a sentence of clients/js/session.ts. */
export function noticeText(notice: string, t: TFunction, language: string): string {
  if (notice.startsWith(DELETED)) {
    return t("deleted", { date: formatDate(notice.slice(DELETED.length), language) });
  }
  const names: Record<string, string> = { [ENDED_NOTICE]: "ended", [REUSED_NOTICE]: "reused" };
  return textOf("notice", names[notice] ?? notice) ?? notice;
}
