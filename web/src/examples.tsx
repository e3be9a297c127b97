import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { exampleOf, type Field, type Kind, operations } from "./example";

const kinds: [Kind, string][] = [["query", "Queries"], ["mutation", "Mutations"], ["subscription", "Subscriptions"]];

/** List of an example for each operation that the caller may see. A click opens the example in a new tab. */
function Examples() {
  const schema = useGraphiQL((state) => state.schema);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const { addTab, setVisiblePlugin } = useGraphiQLActions();

  function open(kind: Kind, field: Field) {
    const { query, variables } = exampleOf(kind, field);
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    if (matchMedia("(max-width: 640px)").matches) { // as in page.css: the list covers the editors there
      setVisiblePlugin(null);
    }
  }

  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      {schema &&
        kinds.map(([kind, title]) => (
          <section key={kind} aria-label={title}>
            <h3>{title}</h3>
            <ul>
              {operations(schema, kind).map((field) => (
                <li key={field.name}>
                  <button type="button" onClick={() => open(kind, field)}>
                    {field.name}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01" strokeLinecap="round" />
    </svg>
  );
}

export const EXAMPLES: GraphiQLPlugin = { title: "Examples", icon: Icon, content: Examples };
