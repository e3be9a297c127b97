import { changeFilter } from "../router";
import { useWords } from "../words/language";

export type PageInfo = { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };

/** Moves through the pages of a list by their cursors, which stand in the URL. */
export function Pager({ info, busy }: { info: PageInfo; busy: boolean }) {
  const words = useWords();
  if (!info.hasNextPage && !info.hasPreviousPage) {
    return null;
  }
  const turn = (place: "after" | "before", cursor: string | null) => {
    changeFilter({ after: null, before: null, [place]: cursor }, true);
    scrollTo(0, 0);
  };
  return (
    <div className="pager" role="group" aria-label={words.pages}>
      <button disabled={busy || !info.hasPreviousPage} onClick={() => turn("before", info.startCursor)}>← {words.previous}</button>
      <button disabled={busy || !info.hasNextPage} onClick={() => turn("after", info.endCursor)}>{words.next} →</button>
    </div>
  );
}

/** The arguments of a connection for the page that the URL names. */
export function placeOf(filter: URLSearchParams, size: number) {
  const [after, before] = [filter.get("after"), filter.get("before")];
  return before ? { last: size, before, first: null, after: null } : { first: size, after, last: null, before: null };
}
