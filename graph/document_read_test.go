package graph

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
	"authgraph/graph/document"
	"authgraph/graph/generated"
	"authgraph/graph/ratelimit"
	"authgraph/graph/reqctx"
)

// unlimited returns bounds of anonymous clients without a budget, while no password waits to be hashed.
func unlimited() *ratelimit.Anonymous {
	policy, err := rules()
	if err != nil {
		panic(err)
	}
	return ratelimit.NewAnonymous(ratelimit.AnonymousWork{}, policy, nil, time.Now)
}

func testDocuments(t *testing.T) *documents {
	t.Helper()
	d, err := newDocuments(generated.NewExecutableSchema(generated.Config{}).Schema(), document.Limits{Tokens: 1500, Depth: 15, Fields: 1000, Aliases: 100, Directives: 50, Mutations: 4, Comparisons: 10_000, Cost: 10_000}, nil, unlimited())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A good document is read once; a long one, and one that is refused, each time.
func TestDocuments_Kept(t *testing.T) {
	d := testDocuments(t)
	for name, row := range map[string]struct {
		source string
		kept   bool
	}{
		"good":    {`{ me { id email } }`, true},
		"long":    {`{ me { id } } #` + strings.Repeat("x", maxCachedDocument), false},
		"faulty":  {`{ nonsense }`, false},
		"too big": {`{` + strings.Repeat("__typename ", 1001) + `}`, false},
	} {
		first, errs := d.read(t.Context(), row.source)
		second, _ := d.read(t.Context(), row.source)
		if _, ok := d.good.GetIfPresent(row.source); ok != row.kept || (errs == nil) == (first == nil) {
			t.Errorf("%s: kept %v, %v", name, ok, errs)
		} else if (first == second) != (row.kept || first == nil) {
			t.Errorf("%s: kept %v, %v", name, ok, errs)
		}
	}
}

// The cache is bounded for any number and size of documents.
func TestDocuments_Bounded(t *testing.T) {
	d := testDocuments(t)
	var large strings.Builder
	for n := range 90 {
		_, _ = fmt.Fprintf(&large, " a%d: me { id email displayName createdAt roles }", n)
	}
	for n := range 2 * cachedSource / large.Len() {
		if _, errs := d.read(t.Context(), fmt.Sprintf(`query Q%d {%s}`, n, large.String())); errs != nil {
			t.Fatal(errs)
		}
	}
	d.good.CleanUp()
	if got := d.good.WeightedSize(); got > cachedSource || got < cachedSource/2 {
		t.Errorf("%d bytes are kept, want at most %d", got, cachedSource)
	}
}

// gqlgen's executor takes no document that was not read here.
func TestDocuments_Unread(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{})
	d := testDocuments(t)
	exec := executor.New(schema)
	exec.Use(d)
	exec.SetQueryCache(currentDocument{})
	for name, row := range map[string]struct {
		exec graphql.GraphExecutor
		want error
	}{
		"read": {&reader{exec, d}, nil}, "unread": {exec, errUnreadDocument},
	} {
		_, errs := row.exec.CreateOperationContext(graphql.StartOperationTrace(t.Context()), &graphql.RawParams{Query: `{ __typename }`})
		if (len(errs) > 0) != (row.want != nil) || len(errs) > 0 && !errors.Is(errs[0], &auth.Error{Code: auth.Internal}) {
			t.Errorf("%s: got %v, want %v", name, errs, row.want)
		}
	}
}

// bareExecutor stands for gqlgen's.
type bareExecutor struct{ graphql.GraphExecutor }

func (bareExecutor) CreateOperationContext(ctx context.Context, p *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	doc, _ := currentDocument{}.Get(ctx, p.Query)
	return heldOperation(doc), nil
}

var held graphql.OperationContext

func heldOperation(doc *ast.QueryDocument) *graphql.OperationContext {
	held.Doc = doc
	return &held
}

// A cached document costs its next use few allocations.
func TestDocuments_Allocations(t *testing.T) {
	d, ctx := testDocuments(t), t.Context()
	r, p := &reader{bareExecutor{}, d}, &graphql.RawParams{Query: `{ me { id email } }`}
	n := testing.AllocsPerRun(100, func() {
		op, errs := r.CreateOperationContext(ctx, p)
		if errs != nil || op.Doc == nil || !affordable(d, op.Doc.Operations[0]) {
			t.Error(errs)
		}
	})
	if n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func affordable(d *documents, op *ast.OperationDefinition) bool {
	_, refused := d.costs.Check(op, nil, d.limits.Cost)
	return refused == nil
}

// TestDocuments_Turns proves which operations wait for a turn, and for which: heavy ones of signed-in callers, and queries of
// anonymous clients that take work. Subscriptions, which would keep their turn while they wait for events, do not wait.
func TestDocuments_Turns(t *testing.T) {
	const sessions = `sessions(first: 100) { edges { node { id } } }`
	const thrice = `{ a: me { ` + sessions + ` } b: me { ` + sessions + ` } c: me { ` + sessions + ` } }`
	for name, row := range map[string]struct {
		source              string
		signedIn, anonymous reqctx.TurnKind
	}{
		"light query":         {`{ me { id } }`, reqctx.NoTurn, reqctx.NoTurn},
		"introspection":       {`{ ...F } fragment F on Query { __schema { types { name } } }`, reqctx.TurnSignedIn, reqctx.TurnAnonymous},
		"a look at a type":    {`{ __type(name: "User") { kind } }`, reqctx.TurnSignedIn, reqctx.NoTurn},
		"can":                 {`{ ` + strings.Repeat(`can(fields: ["a", "b"]) { field allowed code } `, 15) + `}`, reqctx.NoTurn, reqctx.TurnAnonymous},
		"costly query":        {thrice, reqctx.TurnSignedIn, reqctx.NoTurn},
		"costly sign-in":      {`mutation { refresh { user { a: ` + sessions + ` b: ` + sessions + ` c: ` + sessions + ` } } }`, reqctx.TurnSignedIn, reqctx.TurnSignIn},
		"sign-in":             {`mutation { refresh { user { id ` + sessions + ` } } }`, reqctx.NoTurn, reqctx.NoTurn},
		"costly subscription": {`subscription { sessionEvents { session { impersonator { a: ` + sessions + ` b: ` + sessions + ` c: ` + sessions + ` } } } }`, reqctx.NoTurn, reqctx.NoTurn},
	} {
		for account, want := range map[string]reqctx.TurnKind{"user_1": row.signedIn, "": row.anonymous} {
			d := testDocuments(t)
			_, p := placeFrom(t, "192.0.2.1", account)
			ctx := reqctx.WithPlace(t.Context(), p)
			doc, errs := d.read(ctx, row.source)
			if errs != nil {
				t.Fatalf("%s: %v", name, errs)
			}
			op := &graphql.OperationContext{RawQuery: row.source, Doc: doc, Operation: doc.Operations[0]}
			if refused := d.MutateOperationContext(context.WithValue(ctx, readKey{}, doc), op); refused != nil {
				t.Fatalf("%s: %v", name, refused)
			}
			if p.Turn != want {
				t.Errorf("%s of %q: got the turn %d, want %d", name, account, p.Turn, want)
			}
		}
	}
}
