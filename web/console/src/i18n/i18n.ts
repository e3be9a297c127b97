// Translation of the console by i18next. The compiler checks each key, and that German has a text for each key of English.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { de } from "./de";
import { en } from "./en";

/** Translation is the shape of the English texts, with any text in each place. */
export type Translation = Texts<typeof en>;
type Texts<T> = { readonly [Key in keyof T]: T[Key] extends string ? string : Texts<T[Key]> };

declare module "i18next" {
  interface CustomTypeOptions {
    nsSeparator: false;
    resources: { translation: typeof en };
  }
}

const STORAGE_KEY = "authgraph.language";
const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

void i18next.use(initReactI18next).init({
  resources: { en: { translation: en }, de: { translation: de } },
  lng: chosenLanguage() ?? (navigator.language.toLowerCase().startsWith("de") ? "de" : "en"),
  fallbackLng: "en",
  initAsync: false,
  nsSeparator: false,
  interpolation: { escapeValue: false }, // React escapes
});
document.documentElement.lang = i18next.language;

/** Switches to a language, and keeps the choice in this browser. */
export function switchLanguage(language: Language) {
  localStorage.setItem(STORAGE_KEY, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

/** Returns the text of a name that the server has sent, or undefined for a name without a text in this version of the console. */
export function textOf(table: keyof typeof en | `detailValue.${string}`, name: string): string | undefined {
  const key = `${table}.${name}`;
  const text: unknown = name && i18next.exists(key) ? (i18next.t as (key: string) => unknown)(key) : undefined;
  return typeof text === "string" ? text : undefined;
}

function chosenLanguage(): Language | null {
  const chosen = localStorage.getItem(STORAGE_KEY);
  return languages.find((language) => language === chosen) ?? null;
}
