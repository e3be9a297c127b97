package document

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
)

// Verdicts are those of graphql-js 16; test/browser/validation.test.mjs compares them with the package.
func TestRead_Verdicts(t *testing.T) {
	data, err := os.ReadFile("testdata/verdicts.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Document string
		Valid    bool
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	schema := ourSchema(t)
	for _, c := range cases {
		_, errs := Read(schema, c.Document, generous())
		if (len(errs) == 0) != c.Valid {
			t.Errorf("%s: got %v, want valid %v", c.Document, errs, c.Valid)
		}
		if len(errs) == 0 {
			continue
		}
		if code := errs[0].Extensions["code"]; code != errcode.ValidationFailed && code != errcode.ParseFailed {
			t.Errorf("%s: got code %v, want %s or %s", c.Document, code, errcode.ValidationFailed, errcode.ParseFailed)
		}
	}
}

func TestRead_Literals(t *testing.T) {
	schema := ourSchema(t)
	for _, row := range []struct{ name, document, want string }{
		{"integer above 32 bits", `{ users(first: 2147483648) { totalCount } }`, errcode.ValidationFailed},
		{"greatest integer of 32 bits", `{ users(first: 2147483647) { totalCount } }`, ""},
		{"object for a list", `{ can(fields: {}) { field } }`, errcode.ValidationFailed},
		{"object for an enum", `{ users(orderBy: {field: {}, direction: ASC}) { totalCount } }`, errcode.ValidationFailed},
		{"moment that does not exist", `{ auditEvents(filter: {since: "2026-02-30T00:00:00Z"}) { totalCount } }`, errcode.ValidationFailed},
		{"moment that exists", `{ auditEvents(filter: {since: "2024-02-29T23:59:59.5+02:00"}) { totalCount } }`, ""},
		{"text in another form, which the scalar judges", `{ auditEvents(filter: {since: "yesterday"}) { totalCount } }`, ""},
		{"ID of more than 64 bits", `{ node(id: 99999999999999999999) { id } }`, ""},
		{"variable of a fragment", `{ ...F } fragment F($a: Int) on Query { __typename }`, errcode.ParseFailed},
		{"number that runs into a name", `{ auditEvents(first: 1after: "x") { totalCount } }`, errcode.ParseFailed},
		{"block string with four quotes at its end", `{ can(fields: ["""a""""]) { field } }`, errcode.ParseFailed},
		{"seven quotes", `{ can(fields: ["""""""]) { field } }`, errcode.ParseFailed},
		{"block string with a quote before its end", `{ can(fields: ["""a\""""""]) { field } }`, ""},
		{"empty block string", `{ can(fields: [""""""]) { field } }`, ""},
		{"string for a keyword", `{ me { ... "on" User { id } } }`, errcode.ParseFailed},
		{"subscription of no root field", `subscription { sessionEvents @skip(if: true) { kind } }`, errcode.ValidationFailed},
	} {
		t.Run(row.name, func(t *testing.T) {
			doc, errs := Read(schema, row.document, generous())
			got := ""
			if len(errs) > 0 {
				got, _ = errs[0].Extensions["code"].(string)
			}
			if got != row.want {
				t.Errorf("%s: got %q %v, want %q", row.document, got, errs, row.want)
			}
			if doc == nil {
				return
			}
			// gqlgen reads arguments like this, and panics on an error.
			for _, selection := range fieldsIn(doc) {
				selection.ArgumentMap(nil)
			}
		})
	}
}

// fieldsIn returns the root fields of the operations.
func fieldsIn(doc *ast.QueryDocument) (fields []*ast.Field) {
	for _, op := range doc.Operations {
		for _, selection := range op.SelectionSet {
			if f, ok := selection.(*ast.Field); ok {
				fields = append(fields, f)
			}
		}
	}
	return fields
}
