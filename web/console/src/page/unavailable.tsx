import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { MailCard } from "../components/mailcard";

/** Page of a mailed link that this version of the server does not serve. */
export function Unavailable() {
  const { t } = useTranslation();
  return (
    <MailCard title={t("unavailable.title")}>
      <p>{t("unavailable.text")}</p>
      <Link className="button primary" href="/sign-in">{t("unavailable.continue")}</Link>
    </MailCard>
  );
}
