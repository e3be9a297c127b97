import { useWords } from "../words/language";

const style = { dateStyle: "medium", timeStyle: "short" } as const;

/** A moment, in the words of the page's language and the time of the person's place. */
export function Time({ of, only, exact }: { of: string; only?: "date" | "day"; exact?: boolean }) {
  const language = placed(useWords().language);
  const date = new Date(of);
  const text =
    only
      ? date.toLocaleDateString(language, { dateStyle: only === "day" ? "medium" : "long" })
      : date.toLocaleString(language, exact ? { dateStyle: "short", timeStyle: "medium" } : style);
  return <time dateTime={of}>{text}</time>;
}

export function moment(of: string, language: string): string {
  return new Date(of).toLocaleString(placed(language), style);
}

/** The language with the region that the browser has for it: days and hours are written otherwise in London and Chicago. */
function placed(language: string): string {
  return navigator.languages.find((each) => each.startsWith(language)) ?? language;
}
