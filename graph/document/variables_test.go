package document

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/errcode"
)

func TestCheckVariables(t *testing.T) {
	schema := ourSchema(t)
	const users = `query($n: Int, $o: UserOrder) { users(first: $n, orderBy: $o) { totalCount } }`
	const nodes = `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`
	const login = `mutation($i: LoginInput!) { login(input: $i) { tokenType } }`
	for _, row := range []struct{ name, document, values, want string }{
		{"none", users, `{}`, ""},
		{"null", users, `{"n": null, "o": null}`, ""},
		{"integer", users, `{"n": 2147483647}`, ""},
		{"integer above 32 bits", users, `{"n": 2147483648}`, `Variable "$n"`},
		{"integer below 32 bits", users, `{"n": -2147483649}`, `Variable "$n"`},
		{"integer above 64 bits", users, `{"n": 99999999999999999999}`, `Variable "$n"`},
		{"integer written as a fraction", users, `{"n": 1.0}`, ""},
		{"fraction", users, `{"n": 1.5}`, `Variable "$n"`},
		{"text for an integer", users, `{"n": "5"}`, `Variable "$n"`},
		{"list for an integer", users, `{"n": [5]}`, `Variable "$n"`},
		{"enum", users, `{"o": {"field": "EMAIL", "direction": "ASC"}}`, ""},
		{"enum in another case", users, `{"o": {"field": "email", "direction": "ASC"}}`, `Variable "$o.field"`},
		{"number for an enum", users, `{"o": {"field": 1, "direction": "ASC"}}`, `Variable "$o.field"`},
		{"field that is missing", users, `{"o": {"field": "EMAIL"}}`, `"direction" of required type "OrderDirection!"`},
		{"field that is not defined", users, `{"o": {"field": "EMAIL", "direction": "ASC", "__typename": "UserOrder"}}`, `UserOrder does not define`},
		{"list for an object", users, `{"o": []}`, `UserOrder must be an object`},
		{"required", nodes, `{}`, `Variable "$ids" of required type "[ID!]!" was not provided.`},
		{"null for what is required", nodes, `{"ids": null}`, "must not be null"},
		{"list of texts and integers", nodes, `{"ids": ["a", 7]}`, ""},
		{"null in a list", nodes, `{"ids": ["a", null]}`, `Variable "$ids.1"`},
		{"one for a list of one", nodes, `{"ids": "a"}`, ""},
		{"object in a list", nodes, `{"ids": ["a", {}]}`, `Variable "$ids.1"`},
		{"fraction for an ID", nodes, `{"ids": [1.5]}`, `Variable "$ids.0"`},
		{"boolean for an ID", nodes, `{"ids": true}`, `Variable "$ids"`},
		{"text in another form for a scalar of ours", login, `{"i": {"email": 5, "password": "x"}}`, ""},
		{"number for a text", login, `{"i": {"email": "a@b.de", "password": 12345678}}`, `Variable "$i.password"`},
		{"field that has a default", login, `{"i": {"email": "a@b.de", "password": "x", "delivery": null}}`, `Variable "$i.delivery"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			doc, errs := Read(schema, row.document, generous())
			if errs != nil {
				t.Fatal(errs)
			}
			var values map[string]any
			d := json.NewDecoder(strings.NewReader(row.values))
			d.UseNumber()
			if err := d.Decode(&values); err != nil {
				t.Fatal(err)
			}
			err := CheckVariables(schema, doc.Operations[0], values)
			if row.want == "" {
				if err != nil {
					t.Errorf("got %v, want none", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Message, row.want) || strings.Contains(err.Message, "12345678") {
				t.Fatalf("got %v, want %s and no value", err, row.want)
			}
			if err.Path != nil || err.Extensions["code"] != errcode.ValidationFailed {
				t.Errorf("got path %v, code %v, want none and %s", err.Path, err.Extensions["code"], errcode.ValidationFailed)
			}
		})
	}
}
