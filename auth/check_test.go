package auth_test

import (
	"context"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
)

// The Go side of a gqlgen server, as far as a check looks at it.
type (
	box      struct{ Owner string }
	drawer   struct{ Label string }
	cupboard struct {
		TopDrawer *drawer
		Boxes     []*box
	}
	root          struct{}
	queryResolver interface {
		Cupboard(ctx context.Context) (*cupboard, error)
	}
	subscriptionResolver interface {
		Opened(ctx context.Context) (<-chan *tray, error)
	}
	tray             struct{}
	cupboardResolver interface {
		ShelfList(ctx context.Context, obj *cupboard) ([]*shelf, error)
	}
	shelf struct{}
)

func (b *box) OwnerID() string                          { return b.Owner }
func (root) Query() queryResolver                       { return nil }
func (root) Subscription() subscriptionResolver         { return nil }
func (root) Cupboard() cupboardResolver                 { return nil }
func (s shelf) OwnerID() string                         { return "" }
func (c *cupboard) Lid(_ context.Context) (*lid, error) { return nil, nil }

type lid struct{}

const furniture = `
type Query { cupboard: Cupboard @public }
type Subscription { opened: Tray @public }
type Cupboard { topDrawer: Drawer boxes: [Box!]! shelf_list: [Shelf] lid: Lid other: Other }
type Box @auth(owner: true) { id: ID }
type Shelf { id: ID @auth(owner: true) }
type Drawer { label: String }
type Lid { id: ID }
type Tray { id: ID }
interface Thing { id: ID }
type Other implements Thing { id: ID @auth(owner: true) }
`

func TestOwnersAmong(t *testing.T) {
	for _, row := range []struct{ name, from, to, want string }{
		{"all can say", ``, ``, ""},
		{"a member", `type Drawer {`, `type Drawer @auth(owner: true) {`, "Drawer: owner can never hold here: auth_test.drawer has no OwnerID() string"},
		{"a field of it", `label: String`, `label: String @auth(roles: ["a"]) @auth(owner: true)`, "Drawer.label: owner can never hold here"},
		{"a method", `type Lid { id: ID`, `type Lid { id: ID @auth(owner: true)`, "Lid.id: owner can never hold here"},
		{"a resolver of its own", `type Shelf {`, `type Shelf @auth(owner: true) {`, ""},
		{"a stream", `type Tray {`, `type Tray @auth(owner: true) {`, "Tray: owner can never hold here"},
	} {
		schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + strings.Replace(furniture, row.from, row.to, 1)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = auth.NewGuard(schema, auth.WithChecks(auth.OwnersAmong(root{})))
		if (err == nil) != (row.want == "") || err != nil && !strings.HasPrefix(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %q", row.name, err, row.want)
		}
	}
}

func TestKnownRoles(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + `
		type Query { a: A @auth(roles: ["admin", "staff"]) b: Int @auth(roles: ["admin"]) }
		type A @auth(roles: ["stuff"]) { b: Int c: Int }`})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := auth.NewGuard(schema, auth.WithChecks(auth.KnownRoles("admin", "staff", "stuff"))); err != nil {
		t.Errorf("all are known: %v", err)
	}
	_, err = auth.NewGuard(schema, auth.WithChecks(auth.KnownRoles("admin")))
	const want = `A: @auth(roles:): there is no role "stuff"` + "\n" + `Query.a: @auth(roles:): there is no role "staff"`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestKnownPermissions(t *testing.T) {
	byRole := map[string][]string{"user": {"READ"}, "staff": {"READ", "WRITE", "REED"}, "none": nil, "other": {"read"}}
	for _, row := range []struct{ name, argument, where string }{
		{"an enum", "[Right!]", "in the enum Right"},
		{"text", "[String!]", "in the rules of the schema"},
	} {
		schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: `
			directive @auth(permissions: ` + row.argument + `) repeatable on FIELD_DEFINITION | OBJECT
			enum Right { READ WRITE }
			type Query { a: Int @auth(permissions: ` + strings.NewReplacer("[Right!]", "[READ]", "[String!]", `["READ", "WRITE"]`).Replace(row.argument) + `) }`})
		if err != nil {
			t.Fatal(err)
		}
		_, err = auth.NewGuard(schema, auth.WithChecks(auth.KnownPermissions(byRole)))
		want := `WithPermissions: role "other": permission "read" is not ` + row.where + "\n" +
			`WithPermissions: role "staff": permission "REED" is not ` + row.where
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", row.name, err, want)
		}
		if _, err := auth.NewGuard(schema, auth.WithChecks(auth.KnownPermissions(map[string][]string{"user": {"READ", "WRITE"}}))); err != nil {
			t.Errorf("%s: all are known: %v", row.name, err)
		}
	}
}
