package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// knownChecks are what graphql-cop sends, and what graphql-armor would stop; each row stands in docs/security.md.
func knownChecks() []struct{ name, method, path, contentType, body, want, never string } {
	form := "application/x-www-form-urlencoded"
	body := func(document string) string {
		b, _ := json.Marshal(map[string]string{"query": document, "operationName": "cop"}) // strings always encode
		return string(b)
	}
	return []struct{ name, method, path, contentType, body, want, never string }{
		{"alias overloading", "POST", "/graphql", "", body(`query cop {` + aliases(101, "__typename ") + `}`), `"limit":"aliases"`, `"data"`},
		{"array-based batches", "POST", "/graphql", "", `[` + strings.Repeat(`{"query":"query cop { __typename }"},`, 9) + `{"query":"{ __typename }"}]`, "batches are not served", `"data"`},
		{"directive overloading", "POST", "/graphql", "", body(`query cop { __typename ` + strings.Repeat("@aa", 51) + ` }`), `"limit":"directives"`, `"data"`},
		{"directives that repeat", "POST", "/graphql", "", body(`query cop { __typename ` + strings.Repeat("@aa", 10) + ` }`), "There are more errors than are shown", `"data"`},
		{"circular introspection", "POST", "/graphql", "", body(`query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }`),
			"Maximum introspection depth exceeded", `"data"`},
		{"circular fragments", "POST", "/graphql", "", body(`query cop { __schema { ...A } } fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }`), "within itself", `"data"`},
		{"field duplication", "POST", "/graphql", "", body(`query cop { ` + strings.Repeat("__typename \n", 500) + `}`), `"limit":"comparisons"`, `"data"`},
		{"depth", "POST", "/graphql", "", body(`query cop { me { ` + strings.Repeat("sessions { edges { node { impersonator { ", 4) + "id" + strings.Repeat(" } } } }", 4) + ` } }`), `"limit":"depth"`, `"data"`},
		{"cost", "POST", "/graphql", "", body(`query cop { users(first: 100) { edges { node { sessions(first: 100) { edges { cursor } } } } } }`), `"limit":"cost"`, `"data"`},
		{"tokens", "POST", "/graphql", "", body(`query cop { ` + strings.Repeat("__typename ", 1500) + `}`), `"limit":"tokens"`, `"data"`},
		{"characters", "POST", "/graphql", "", body(`query cop { __typename } #` + strings.Repeat("x", 1<<20)), "The body is too large", `"data"`},
		{"field suggestions", "POST", "/graphql", "", body(`query cop { __schema { directive } }`), "GRAPHQL_VALIDATION_FAILED", "Did you mean"},
		{"mutations by GET", "GET", "/graphql?query=" + url.QueryEscape(`mutation cop { __typename }`), "", "", "GET serves queries only", `"data"`},
		{"queries by GET", "GET", "/graphql?query=" + url.QueryEscape(`query cop { __typename }`), "", "", `{"data":{"__typename":"Query"}}`, "errors"},
		{"forms (CSRF)", "POST", "/graphql", form, "query=" + url.QueryEscape(`query cop { __typename }`), "Content-Type must be application/json", `"data"`},
		{"text (CSRF)", "POST", "/graphql", "text/plain", body(`query cop { __typename }`), "Content-Type must be application/json", `"data"`},
		{"tracing", "POST", "/graphql", "", body(`query cop { __typename }`), `{"data":{"__typename":"Query"}}`, "extensions"},
		{"unhandled errors", "POST", "/graphql", "", body(`qwerty cop { abc }`), "GRAPHQL_PARSE_FAILED", "exception"},
		{"introspection", "POST", "/graphql", "", body(`query cop { __schema { queryType { fields { name } } } }`), `"authOptions"`, `"policy"`},
		{"GraphiQL", "GET", "/", "", "", "404", "<html"},
	}
}

// graphql-cop finds nothing, and the attacks that graphql-armor stops are refused, on a server for the public.
func TestKnownChecks(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_INTROSPECTION=role", "AUTHGRAPH_PLAYGROUND=false")
	page, err := os.ReadFile(harness.Path(t, "docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range knownChecks() {
		if !strings.Contains(string(page), "\n| "+row.name+" |") {
			t.Errorf("docs/security.md has no row for %s", row.name)
		}
		header := http.Header{}
		if row.contentType != "" {
			header.Set("Content-Type", row.contentType)
		}
		if got := w.Do(t, row.method, row.path, row.body, header); !strings.Contains(got.Body, row.want) || strings.Contains(got.Body, row.never) {
			t.Errorf("%s: got %d %.300s, want %s and no %s", row.name, got.Status, got.Body, row.want, row.never)
		}
	}
	if n, rows := strings.Count(string(page), "| `TestKnownChecks`"), len(knownChecks()); n != rows {
		t.Errorf("docs/security.md names %d checks, there are %d", n, rows)
	}
}
