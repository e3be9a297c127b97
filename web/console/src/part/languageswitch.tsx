import { switchLanguage, useWords } from "../words/language";

/** Named in the language that it leads to, which is the one that its reader knows. */
export function LanguageSwitch() {
  const words = useWords();
  return (
    <button type="button" className="quiet language" lang={words.language === "en" ? "de" : "en"} onClick={switchLanguage}>
      {words.switchTo}
    </button>
  );
}
