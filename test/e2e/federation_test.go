package e2e

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/test/harness"
)

// Where federation is off there is nothing of it.
func TestFederation_Off(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	for document, want := range map[string]string{
		`{ _service { sdl } }`:                              `Cannot query field \"_service\" on type \"Query\"`,
		`{ _entities(representations: []) { __typename } }`: `Cannot query field \"_entities\" on type \"Query\"`,
		`{ me { nothing } }`:                                `Cannot query field \"nothing\" on type \"User\"`,
	} {
		if got := w.Query(t, ada.Token, document, nil); !strings.Contains(got.Body, want) {
			t.Errorf("%s: got %s, want %s", document, got.Body, want)
		}
	}
	got := w.Query(t, ada.Token, `{ __schema { types { name fields { name } } } }`, nil)
	for _, name := range []string{`"_Any"`, `"_Entity"`, `"_Service"`, `"_entities"`, `"_service"`} {
		if strings.Contains(got.Body, name) || !strings.Contains(got.Body, `"authOptions"`) {
			t.Errorf("introspection shows %s", name)
		}
	}
}

const entitiesDocument = `query($r: [_Any!]!) { _entities(representations: $r) { ... on User { id email } } }`

func userRepresentation(id string) map[string]any {
	return map[string]any{"__typename": "User", "id": id}
}

func TestFederation(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_FEDERATION=true")
	ada := w.Register(t, "ada@example.com", harness.Password)
	bob := w.Register(t, "bob@example.com", harness.Password)
	ids := func(list ...any) map[string]any { return map[string]any{"r": append([]any{}, list...)} }
	many := make([]any, 101)
	for i := range many {
		many[i] = userRepresentation(ada.ID)
	}
	self := `{"id":"` + ada.ID + `","email":"ada@example.com"}`
	literal := fmt.Sprintf(`{__typename: "User", id: %q}`, ada.ID)
	for _, row := range []struct {
		name, token, document string
		variables             map[string]any
		want                  string
	}{
		{"oneself", ada.Token, entitiesDocument, ids(userRepresentation(ada.ID)), `{"data":{"_entities":[` + self + `]}}`},
		{"oneself and another", ada.Token, entitiesDocument, ids(userRepresentation(bob.ID), userRepresentation(ada.ID)),
			`"path":["_entities",0,"email"],"locations":[{"line":1,"column":73}],"extensions":{"code":"FORBIDDEN",` +
				`"explanation":["owner: holds on the caller's own objects only","USERS_READ: does not hold: the caller lacks USERS_READ"],"requestId":"ID"}}],` +
				`"data":{"_entities":[{"id":"` + bob.ID + `","email":null},` + self + `]}}`},
		{"what is no user", ada.Token, entitiesDocument, ids(
			map[string]any{"__typename": "Session", "id": ada.Session}, userRepresentation(ada.Session), map[string]any{"id": ada.ID},
			map[string]any{"__typename": "User"}, map[string]any{"__typename": "User", "id": 7}, "nonsense", 7, []any{}, userRepresentation("user_01m85pwve3fzste6jxy89smjc7"),
		), `{"data":{"_entities":[null,null,null,null,null,null,null,null,null]}}`},
		{"nobody", "", entitiesDocument, ids(userRepresentation(ada.ID)), `"reason":"TOKEN_MISSING"`},
		{"a bad token", "nonsense", entitiesDocument, ids(userRepresentation(ada.ID)), `"reason":"TOKEN_INVALID"`},
		{"too many", ada.Token, entitiesDocument, map[string]any{"r": many},
			`"code":"BAD_USER_INPUT","field":"representations","reason":"VALUE_TOO_LONG"`},
		{"none", ada.Token, entitiesDocument, ids(), `{"data":{"_entities":[]}}`},
		{"not said which", ada.Token, entitiesDocument, nil, `"code":"GRAPHQL_VALIDATION_FAILED"`},
		{"in the document", ada.Token, `{ _entities(representations: [` + literal + `]) { __typename ... on User { id email } } }`, nil,
			`{"data":{"_entities":[{"__typename":"User","id":"` + ada.ID + `","email":"ada@example.com"}]}}`},
		{"one for a list of one", ada.Token, `{ _entities(representations: ` + literal + `) { ... on User { id email } } }`, nil, `{"data":{"_entities":[` + self + `]}}`},
		{"one for a list of one, in a variable", ada.Token, `query($r: [_Any!]!) { _entities(representations: $r) { ... on User { id email } } }`,
			map[string]any{"r": userRepresentation(ada.ID)}, `{"data":{"_entities":[` + self + `]}}`},
		{"of the union", ada.Token, `query($r: [_Any!]!) { _entities(representations: $r) { ... on _Entity { ... on User { id } } ...E } }
			fragment E on _Entity { ... { ... on User { email } } }`, ids(userRepresentation(ada.ID)), `{"data":{"_entities":[` + self + `]}}`},
		{"in fragments, under another name", ada.Token, `query { ...A ... on Query { ...A } me { id } }
			fragment A on Query { b: _entities(representations: [` + literal + `]) { ...U } } fragment U on User { id email }`, nil,
			`{"data":{"b":[` + self + `],"me":{"id":"` + ada.ID + `"}}}`},
		{"left out", ada.Token, `query($no: Boolean = false) { me { id } ...A @include(if: $no) _entities(representations: []) @skip(if: true) { __typename } }
			fragment A on Query { _entities(representations: []) { __typename } }`, nil, `{"data":{"me":{"id":"` + ada.ID + `"}}}`},
		{"of another type", ada.Token, `{ _entities(representations: []) { ... on Session { id } } }`, nil, `"code":"GRAPHQL_VALIDATION_FAILED"`},
		{"the service and something else", ada.Token, `{ _service { sdl } me { id } }`, nil, `"code":"BAD_REQUEST"`},
		{"the service's name", "", `{ __typename s: _service { __typename } }`, nil, `{"data":{"__typename":"Query","s":{"__typename":"_Service"}}}`},
	} {
		if got := w.Query(t, row.token, row.document, row.variables); !strings.Contains(got.Body, row.want) || strings.HasPrefix(row.want, `{"data"`) && got.Body != row.want {
			t.Errorf("%s: got %d %s\nwant %s", row.name, got.Status, got.Body, row.want)
		}
	}
	c := w.Connect(t, ada.Token)
	c.Subscribe(t, `{ _entities(representations: [`+literal+`]) { ... on User { email } } }`)
	if m := c.Next(t); string(m.Payload) != `{"data":{"_entities":[{"email":"ada@example.com"}]}}` {
		t.Errorf("on a socket: got %s %s", m.Type, m.Payload)
	}
	sdl, err := harness.Command(t, "", nil, "schema", "--federation")
	if err != nil {
		t.Fatal(err)
	}
	var service struct {
		Data struct {
			Service struct{ SDL string } `json:"_service"`
		}
	}
	got := w.Query(t, "", `{ _service { sdl } }`, nil)
	if err := json.Unmarshal([]byte(got.Body), &service); err != nil || sdl == "" || service.Data.Service.SDL != sdl {
		t.Errorf("the service's schema is not what the command prints: %v, %.200s", err, got.Body)
	}
}

var columns = regexp.MustCompile(`"column":\d+`)

// A gateway may read of a user what the caller may read by its id, and nothing else.
func TestFederation_AsNodes(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_FEDERATION=true")
	ada := w.Register(t, "ada@example.com", harness.Password)
	bob := w.Register(t, "bob@example.com", harness.Password)
	root := w.Administrator(t, "root@example.com")
	tried := 0
	for _, field := range harness.Schema(t).Types["User"].Fields {
		selected := field.Name
		if kind := harness.Schema(t).Types[field.Type.Name()].Kind; kind == ast.Object {
			selected += " { __typename }"
		}
		for caller, token := range map[string]string{"nobody": "", "ada": ada.Token, "bob": bob.Token, "root": root} {
			tried++
			nodes := w.Query(t, token, fmt.Sprintf(`{ same: nodes(ids: [%q]) { ... on User { %s } } }`, ada.ID, selected), nil)
			entities := w.Query(t, token, fmt.Sprintf(`{ same: _entities(representations: [{__typename: "User", id: %q}]) { ... on User { %s } } }`,
				ada.ID, selected), nil)
			if columns.ReplaceAllString(entities.Body, "") != columns.ReplaceAllString(nodes.Body, "") {
				t.Errorf("User.%s as %s: got %s, want %s", field.Name, caller, entities.Body, nodes.Body)
			}
		}
	}
	if tried < 40 {
		t.Errorf("only %d were tried", tried)
	}
}

// However many users a gateway asks for, it takes one statement for all of them, and one for what is below each alike.
func TestFederation_Statements(t *testing.T) {
	t.Parallel()
	tallied(t, func(t *testing.T, w *harness.Server, c *tally) {
		root := w.Administrator(t, "root@example.com")
		var all []any
		for i := range 20 {
			all = append(all, userRepresentation(w.Register(t, fmt.Sprintf("user%d@example.com", i), harness.Password).ID))
		}
		const document = `query($r: [_Any!]!) { _entities(representations: $r) { ... on User { id email sessions { totalCount } } } }`
		counts := map[int]int{2: 3}
		for _, n := range []int{2, 20} {
			variables := map[string]any{"r": all[:n]}
			w.Query(t, root, document, variables)
			got, made := fewestStatements(t, w, c, counts[2], root, document, variables)
			if strings.Contains(got.Body, "errors") || strings.Count(got.Body, `"email":"user`) != n {
				t.Fatalf("of %d: %.300s", n, got.Body)
			}
			counts[n] = len(made)
		}
		if counts[20] > counts[2] || counts[2] == 0 {
			t.Errorf("statements by users: %v", counts)
		}
	}, "AUTHGRAPH_FEDERATION=true")
}

// The composed schema has neither node nor nodes, and names the subgraph of each field.
func TestFederation_SDL(t *testing.T) {
	t.Parallel()
	sdl, err := harness.Command(t, "", nil, "schema", "--federation")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`extend schema @link(url: "https://specs.apollo.dev/federation/v2.7"`, `type User implements Node @key(fields: "id")`, `type PageInfo @shareable`,
	} {
		if !strings.Contains(sdl, want) {
			t.Errorf("it lacks %s", want)
		}
	}
	lines := strings.Split(sdl, "\n")
	for _, never := range []string{"  node(", "  nodes(", "  _entities(", "  _service:"} {
		if slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, never) }) {
			t.Errorf("it has %s", never)
		}
	}
	if plain, err := harness.Command(t, "", nil, "schema"); err != nil || strings.Contains(plain, "@key") || !strings.Contains(plain, "  nodes(") {
		t.Errorf("the plain schema has changed: %v", err)
	}
}
