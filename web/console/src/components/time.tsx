import { useTranslation } from "react-i18next";

const style = { dateStyle: "medium", timeStyle: "short" } as const;

/** A moment, in the words of the page's language and the time of the person's place. */
export function Time({ of, only, exact }: { of: string; only?: "date" | "day"; exact?: boolean }) {
  const language = regionalLanguage(useTranslation().i18n.language);
  const date = new Date(of);
  const text =
    only
      ? date.toLocaleDateString(language, { dateStyle: only === "day" ? "medium" : "long" })
      : date.toLocaleString(language, exact ? { dateStyle: "short", timeStyle: "medium" } : style);
  return <time dateTime={of}>{text}</time>;
}

export function formatTime(of: string, language: string): string {
  return new Date(of).toLocaleString(regionalLanguage(language), style);
}

/** The language with the region that the browser has for it: days and hours are written otherwise in London and Chicago. */
function regionalLanguage(language: string): string {
  return navigator.languages.find((each) => each.startsWith(language)) ?? language;
}
