/** Languages of this console. Each has its own name for itself, for a reader who knows no other. */
export const languageNames: Record<string, string> = { en: "English", de: "Deutsch" };

/** Returns the name of a language by its BCP 47 tag, such as "Brazilian Portuguese (pt-BR)", in the language of the page. */
export function languageName(tag: string, language: string): string {
  if (languageNames[tag]) {
    return languageNames[tag];
  }
  try {
    const name = new Intl.DisplayNames([language], { type: "language" }).of(tag);
    return name && name !== tag ? `${name} (${tag})` : tag;
  } catch {
    return tag;
  }
}
