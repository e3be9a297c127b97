import { useQuery } from "@apollo/client/react";
import i18next, { type TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { ErrorMessages } from "../components/errormessage";
import { Page } from "../components/page";
import { Loading } from "../components/reachabilitybanner";
import { PolicyDocument } from "../generated/operation";
import { durationOf, secondsOf } from "../i18n/duration";
import type { PolicyCondition } from "../operation/type";
import { useFilterText } from "../router/filter";

export function Policy() {
  const { t } = useTranslation();
  const { data, error, loading } = useQuery(PolicyDocument);
  const [searchText, setSearchText] = useFilterText("q", {});
  const rules = data?.policy?.filter(({ field }) => field.toLowerCase().includes(searchText.trim().toLowerCase()));

  return (
    <Page title={t("policy.title")} intro={t("policy.intro")} ready={Boolean(rules)}>
      <section className="card">
        <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
          <label className="grow">
            {t("policy.find")}
            <input type="search" name="field" value={searchText} spellCheck={false} onChange={(event) => setSearchText(event.target.value)} />
          </label>
        </form>
        <ErrorMessages error={error} />
        {loading && !rules && <Loading />}
        {rules && (
          <>
            <p className="dim" role="status">{t("policy.count", { count: rules.length })}</p>
            <table>
              <thead>
                <tr><th scope="col">{t("policy.field")}</th><th scope="col">{t("policy.rule")}</th></tr>
              </thead>
              <tbody>
                {rules.map(({ field, public: open, anyOf }) => (
                  <tr key={field}>
                    <th scope="row"><code><Field name={field} /></code></th>
                    <td>
                      {open ? <span className="dim">{t("policy.public")}</span> : anyOf.map((each) => <Rule key={JSON.stringify(each)} condition={each} />)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </section>
    </Page>
  );
}

/** Name of a field. A narrow screen breaks the line after the type. */
function Field({ name }: { name: string }) {
  const [type, ...rest] = name.split(".");
  return <>{type}{rest.length > 0 && <>.<wbr />{rest.join(".")}</>}</>;
}

function Rule({ condition }: { condition: PolicyCondition }) {
  const { t } = useTranslation();
  const requirements = requirementsOf(condition, t);
  return (
    <div className="rule">
      {condition.permissions.map((permission) => <code className="tag" key={permission}>{permission}</code>)}
      {requirements.join(", ") || (condition.permissions.length === 0 && t("policy.signedIn"))}
    </div>
  );
}

function requirementsOf({ roles, owner, assurance, maxAge }: PolicyCondition, t: TFunction): string[] {
  return [
    owner ? t("policy.owner") : "",
    roles.length > 0 ? t("policy.role", { roles: roles.join(" / ") }) : "",
    assurance ? t(`policy.${assurance}`) : "",
    maxAge ? t("policy.recent", { duration: durationOf(secondsOf(maxAge), i18next.language) }) : "",
  ].filter(Boolean);
}
