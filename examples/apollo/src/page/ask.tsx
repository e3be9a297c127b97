import { useApolloClient } from "@apollo/client/react";
import { useState, type SubmitEvent } from "react";
import { CAN } from "../operation";
import { faults } from "./fault";

const examples = "Query.users\nMutation.revokeSession";

/** What the account may use, before a page offers it: `can`. */
export function Ask() {
  const client = useApolloClient();
  const [text, setText] = useState("");
  const [answers, setAnswers] = useState<{ field: string; allowed: boolean; code: string | null }[]>([]);
  const [faulty, setFaulty] = useState<string[]>([]);

  async function ask(event: SubmitEvent) {
    event.preventDefault();
    const fields = (text.trim() || examples).split(/[\s,]+/);
    try {
      const { data, error } = await client.query({ query: CAN, variables: { fields }, fetchPolicy: "no-cache", errorPolicy: "all" });
      setAnswers(data?.can ?? []);
      setFaulty(error ? faults(error) : []);
    } catch (failure) {
      setFaulty(faults(failure));
    }
  }

  return (
    <section className="card">
      <h2>What may I do?</h2>
      <form onSubmit={ask}>
        <label>
          Fields, one a line
          <textarea name="fields" rows={3} placeholder={examples} value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} />
        </label>
        <button>Ask</button>
      </form>
      <ul className="answers">
        {answers.map(({ field, allowed, code }) => (
          <li key={field}>
            <code>{field}</code>
            <span className={allowed ? "yes" : "no"}>{allowed ? "allowed" : code}</span>
          </li>
        ))}
      </ul>
      <div role="alert" className="faults">{faulty.map((fault) => <p key={fault}>{fault}</p>)}</div>
    </section>
  );
}
