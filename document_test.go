package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"authgraph/graph/document"
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
	w := onSQLite(t)
	ada := w.register(t, "ada@example.com", pass)
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
		if got := w.query(t, ada.token, row.document, nil); !strings.Contains(got.body, row.want) || len(got.body) > 1<<16 {
			t.Errorf("%s: got %d bytes, %.300s, want %s", row.name, len(got.body), got.body, row.want)
		}
	}
}

// What the playground asks for when it opens stays within the limits.
func TestDocuments_Introspection(t *testing.T) {
	w := onSQLite(t)
	const reference = `type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
		kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`
	document := `{ __schema { queryType { name } types { kind name description specifiedByURL
		fields(includeDeprecated: true) { name description args { name description ` + reference + ` defaultValue }
			` + reference + ` isDeprecated deprecationReason }
		inputFields { name description ` + reference + ` defaultValue } interfaces { name }
		enumValues(includeDeprecated: true) { name } possibleTypes { name } }
		directives { name description isRepeatable locations args { name ` + reference + ` defaultValue } } } }`
	if got := w.query(t, "", document, nil); got.status != http.StatusOK || strings.Contains(got.body, "errors") {
		t.Errorf("got %d %.300s", got.status, got.body)
	}
}

func TestLog_OperationName(t *testing.T) {
	w := onSQLite(t)
	w.query(t, "", `query `+strings.Repeat("A", document.MaxName)+` { __typename }`, nil)
	w.Close()
	longest := 0
	for line := range strings.Lines(w.log.String()) {
		longest = max(longest, len(line))
	}
	if longest > 1000 || !regexp.MustCompile(`"operation":"query A{100}"`).MatchString(w.log.String()) {
		t.Errorf("the longest line has %d bytes", longest)
	}
}
