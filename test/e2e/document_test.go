package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"authgraph/graph/document"
	"authgraph/test/harness"
)

// aliases are n spellings of one selection.
func aliases(n int, selection string) string {
	var b strings.Builder
	for i := range n {
		_, _ = fmt.Fprintf(&b, "a%d:%s ", i, selection)
	}
	return b.String()
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	bomb := `{__schema{types{` + aliases(30, "fields{...T}") + `}}}
		fragment T on __Field{` + aliases(30, "type{...F}") + `}
		fragment F on __Type{ofType{` + aliases(30, "fields{name}") + `}}`
	nested := `{...A0} `
	for i := range 60 { // doubles at each step
		nested += fmt.Sprintf("fragment A%d on Query{...A%d ...A%d} ", i, i+1, i+1)
	}
	nested += "fragment A60 on Query{__typename}"
	for _, row := range []struct{ name, document, want string }{
		{"introspection that multiplies", bomb, `"code":"LIMIT_EXCEEDED"`},
		{"fragments that double", nested, `"code":"LIMIT_EXCEEDED"`},
		{"@defer", `{ me { id ... on User @defer { email } } }`, `Unknown directive \"@defer\".`},
		{"many aliases of me", `{` + aliases(100, "me{id}") + `}`, `"a99"`},
	} {
		if got := w.Query(t, ada.Token, row.document, nil); !strings.Contains(got.Body, row.want) || len(got.Body) > 1<<16 {
			t.Errorf("%s: got %d bytes, %.300s, want %s", row.name, len(got.Body), got.Body, row.want)
		}
	}
}

// The playground's first query stays within the limits.
func TestDocuments_Introspection(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	const reference = `type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
		kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`
	document := `{ __schema { queryType { name } types { kind name description specifiedByURL
		fields(includeDeprecated: true) { name description args { name description ` + reference + ` defaultValue }
			` + reference + ` isDeprecated deprecationReason }
		inputFields { name description ` + reference + ` defaultValue } interfaces { name }
		enumValues(includeDeprecated: true) { name } possibleTypes { name } }
		directives { name description isRepeatable locations args { name ` + reference + ` defaultValue } } } }`
	if got := w.Query(t, "", document, nil); got.Status != http.StatusOK || strings.Contains(got.Body, "errors") {
		t.Errorf("got %d %.300s", got.Status, got.Body)
	}
}

func TestLog_OperationName(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	w.Query(t, "", `query `+strings.Repeat("A", document.MaxName)+` { __typename }`, nil)
	w.Close()
	longest := 0
	for line := range strings.Lines(w.Log.String()) {
		longest = max(longest, len(line))
	}
	if longest > 1000 || !regexp.MustCompile(`"operation":"query A{100}"`).MatchString(w.Log.String()) {
		t.Errorf("the longest line has %d bytes", longest)
	}
}
