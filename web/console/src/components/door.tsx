import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LanguageSwitch } from "./languageswitch";
import { ReachabilityBanner } from "./reachabilitybanner";

/** Page without the navigation of an account, such as the sign-in. */
export function Door({ children }: { children: ReactNode }) {
  return (
    <div className="door">
      <div>
        <ReachabilityBanner />
        <LanguageSwitch />
      </div>
      <main>{children}</main>
    </div>
  );
}

export function ProductName() {
  const { t } = useTranslation();
  return <p className="product"><img src="./icon.svg" alt="" width="44" height="44" /> {t("product")}</p>;
}
