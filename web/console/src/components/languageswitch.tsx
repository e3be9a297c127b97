import { useTranslation } from "react-i18next";
import { switchLanguage } from "../i18n/i18n";

/** Button that switches the language. Its label is in the other language, for a reader who does not know this one. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const other = i18n.language === "en" ? "de" : "en";
  return (
    <button type="button" className="quiet language" lang={other} onClick={() => switchLanguage(other)}>
      {t("switchTo")}
    </button>
  );
}
