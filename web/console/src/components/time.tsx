import { useTranslation } from "react-i18next";

const style = { dateStyle: "medium", timeStyle: "short" } as const;

/** A time in the language of the page and the time zone of the browser. */
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

export function formatDate(of: string, language: string): string {
  return new Date(of).toLocaleDateString(regionalLanguage(language), { dateStyle: "long" });
}

/** Returns a language with the browser's region for it, because London and Chicago write dates differently. */
function regionalLanguage(language: string): string {
  return navigator.languages.find((each) => each.startsWith(language)) ?? language;
}
