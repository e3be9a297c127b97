package e2e

import (
	"strings"
	"testing"

	"authgraph/test/harness"
)

// The path of an error is a path of the response, or absent: GraphQL, 7.1.2.
func TestError_Path(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	root := w.Administrator(t, "root@example.com")
	for _, row := range []struct {
		name, document string
		variables      map[string]any
		want           string // the path; "" for none
	}{
		{"variable that is missing", `query($id: ID!) { node(id: $id) { id } }`, nil, ""},
		{"variable out of range", `query($n: Int) { users(first: $n) { totalCount } }`, map[string]any{"n": 3_000_000_000}, ""},
		{"variable's member", `query($o: UserOrder) { users(orderBy: $o) { totalCount } }`, map[string]any{"o": map[string]any{"field": "NAME_"}}, ""},
		{"document", `{ nonsense }`, nil, ""},
		{"text that is not GraphQL", `{`, nil, ""},
		{"operation that is not in it", `query A { __typename } query B { __typename }`, nil, ""},
		{"limit", `{` + strings.Repeat(`a: __typename `, 1) + aliases(1001, "__typename") + `}`, nil, ""},
		{"argument", `{ a: auditEvents(filter: {since: "yesterday"}) { totalCount } }`, nil, `"path":["a"]`},
		{"argument in a variable", `query($f: AuditFilter) { auditEvents(filter: $f) { totalCount } }`, map[string]any{"f": map[string]any{"since": 5}}, `"path":["auditEvents"]`},
		{"resolver", `mutation { a: revokeSession(id: "nonsense") { session { id } } }`, nil, `"path":["a"]`},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := w.Query(t, root, row.document, row.variables).Body
			if !strings.Contains(got, `"errors"`) {
				t.Fatalf("got %s, want an error", got)
			}
			if row.want == "" && strings.Contains(got, `"path"`) || !strings.Contains(got, row.want) {
				t.Errorf("got %s, want path %q", got, row.want)
			}
		})
	}
}
