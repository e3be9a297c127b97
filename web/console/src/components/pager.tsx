import { useTranslation } from "react-i18next";
import { firstPage, useFilter } from "../router/filter";

export type PageInfo = { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };

/** Buttons for the pages of a list. The location has the cursors. */
export function Pager({ info, busy }: { info: PageInfo; busy: boolean }) {
  const { t } = useTranslation();
  const [, changeFilter] = useFilter();
  if (!info.hasNextPage && !info.hasPreviousPage) {
    return null;
  }
  const turn = (pageArgs: "after" | "before", cursor: string | null) => {
    changeFilter({ ...firstPage, [pageArgs]: cursor }, true);
    scrollTo(0, 0);
  };
  return (
    <div className="pager" role="group" aria-label={t("pages")}>
      <button type="button" disabled={busy || !info.hasPreviousPage} onClick={() => turn("before", info.startCursor)}>← {t("previous")}</button>
      <button type="button" disabled={busy || !info.hasNextPage} onClick={() => turn("after", info.endCursor)}>{t("next")} →</button>
    </div>
  );
}

/** Returns the arguments of a connection for the page of a filter. */
export function pageArguments(filter: URLSearchParams, size: number) {
  const [after, before] = [filter.get("after"), filter.get("before")];
  return before ? { last: size, before, first: null, after: null } : { first: size, after, last: null, before: null };
}
