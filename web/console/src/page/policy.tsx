import { useQuery } from "@apollo/client/react";
import { PolicyDocument } from "../generated/operation";
import type { PolicyCondition } from "../operation/type";
import { Faults } from "../part/fault";
import { Page } from "../part/page";
import { Loading } from "../part/reachbanner";
import { useFilterText } from "../router";
import type { Words } from "../words/en";
import { useWords } from "../words/language";

export function Policy() {
  const words = useWords();
  const { data, error, loading } = useQuery(PolicyDocument);
  const [sought, setSought] = useFilterText("q", {});
  const rules = data?.policy?.filter(({ field }) => field.toLowerCase().includes(sought.trim().toLowerCase()));

  return (
    <Page title={words.policy.title} intro={words.policy.intro} ready={Boolean(rules)}>
      <section className="card">
        <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
          <label className="grow">
            {words.policy.find}
            <input type="search" name="field" value={sought} spellCheck={false} onChange={(event) => setSought(event.target.value)} />
          </label>
        </form>
        <Faults error={error} />
        {loading && !rules && <Loading />}
        {rules && (
          <>
            <p className="dim" role="status">{words.policy.count(rules.length)}</p>
            <table>
              <thead>
                <tr><th scope="col">{words.policy.field}</th><th scope="col">{words.policy.rule}</th></tr>
              </thead>
              <tbody>
                {rules.map(({ field, public: open, anyOf }) => (
                  <tr key={field}>
                    <th scope="row"><code><Field name={field} /></code></th>
                    <td>
                      {open ? <span className="dim">{words.policy.public}</span> : anyOf.map((each, i) => <Rule key={i} condition={each} />)}
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

/** On a narrow screen it breaks behind the type. */
function Field({ name }: { name: string }) {
  const [type, ...rest] = name.split(".");
  return <>{type}{rest.length > 0 && <>.<wbr />{rest.join(".")}</>}</>;
}

function Rule({ condition }: { condition: PolicyCondition }) {
  const words = useWords();
  const rest = inWords(condition, words);
  return (
    <div className="rule">
      {condition.permissions.map((permission) => <code className="tag" key={permission}>{permission}</code>)}
      {rest.join(", ") || (condition.permissions.length === 0 && words.policy.signedIn)}
    </div>
  );
}

function inWords({ roles, owner, assurance, maxAge }: PolicyCondition, words: Words): string[] {
  return [
    owner ? words.policy.owner : "",
    roles.length > 0 ? words.policy.role(roles.join(" / ")) : "",
    assurance ? words.policy[assurance] : "",
    maxAge ? words.policy.recent(maxAge) : "",
  ].filter(Boolean);
}
