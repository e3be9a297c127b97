type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Returns a function that picks the form of a count by the plural rules of a language, with the number in the place of "#". */
export function pluralOf(language: string) {
  const rules = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (count: number, forms: Forms) => (forms[rules.select(count)] ?? forms.other).replace("#", number.format(count));
}
