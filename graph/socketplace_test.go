package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// answering is an executor whose operations have a single answer, which the test resolves.
type answering struct {
	graphql.GraphExecutor
	resolve func(context.Context)
}

func (answering) CreateOperationContext(context.Context, *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	return &graphql.OperationContext{}, nil
}

func (a answering) DispatchOperation(ctx context.Context, _ *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	return func(ctx context.Context) *graphql.Response {
		a.resolve(ctx)
		return &graphql.Response{}
	}, ctx
}

// TestPlacedExecutor_CompletedEarly proves that an operation on a socket that its client completes keeps its place while its
// fields are resolved, and holds nothing afterwards, whatever they take meanwhile.
func TestPlacedExecutor_CompletedEarly(t *testing.T) {
	for name, row := range map[string]struct{ panics, late bool }{
		"resolved": {}, "panicked": {panics: true}, "dispatched after the connection has closed": {late: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newInFlight(512 * mebibyte)
				ctx, complete := context.WithCancel(requestFrom("192.0.2.1", "user_1"))
				defer complete()
				var whileResolving int64
				e := &placedExecutor{in: f, places: map[*graphql.OperationContext]*place{}, GraphExecutor: answering{resolve: func(ctx context.Context) {
					complete()
					synctest.Wait() // functions after the end of a context have goroutines of their own
					placeOf(ctx).answered(100 << 10)
					whileResolving = f.held.Load()
					if row.panics {
						panic("a resolver")
					}
				}}}
				op, errs := e.CreateOperationContext(ctx, &graphql.RawParams{})
				if errs != nil {
					t.Fatal(errs)
				}
				if row.late {
					e.close()
				}
				responses, inner := e.DispatchOperation(ctx, op)
				func() {
					defer func() { _ = recover() }()
					responses(inner)
				}()
				if want := int64(requestBytes + 2*valueBytes + 100<<10); !row.late && whileResolving != want {
					t.Errorf("held while fields are resolved: got %d, want %d", whileResolving, want)
				}
				synctest.Wait()
				if got := f.held.Load() + f.signedIn.Held() + int64(len(f.accounts)); got != 0 {
					t.Errorf("held afterwards: got %d, want 0", got)
				}
			})
		})
	}
}

// TestPlace_LeftForGood proves that a place that was left takes nothing any more.
func TestPlace_LeftForGood(t *testing.T) {
	f := newInFlight(512 * mebibyte)
	p, err := f.enter(requestFrom("192.0.2.1", ""), 0)
	if err != nil {
		t.Fatal(err)
	}
	p.leave()
	p.answered(100 << 10)
	if p.grow(1000) {
		t.Error("a place that was left has grown")
	}
	if got := f.held.Load() + f.anonymous.Held(); got != 0 {
		t.Errorf("held: got %d, want 0", got)
	}
}

// asking is a transport that asks for one operation.
type asking struct {
	graphql.Transport
	params *graphql.RawParams
	errs   gqlerror.List
}

func (a *asking) Do(_ http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	_, a.errs = exec.CreateOperationContext(r.Context(), a.params)
}

// TestLasting_Placed proves that on a socket the document is read, and variables and extensions are held, within the place of
// the operation: without a place for them, it is refused.
func TestLasting_Placed(t *testing.T) {
	many := map[string]any{}
	for n := range 1000 {
		many[fmt.Sprint("v", n)] = []any{"text", json.Number("1")}
	}
	long := `{ __typename } #` + strings.Repeat("x", 4000)
	for name, params := range map[string]*graphql.RawParams{
		"a document": {Query: long},
		"variables":  {Query: `{ __typename }`, Variables: many},
		"extensions": {Query: `{ __typename }`, Extensions: many},
	} {
		t.Run(name, func(t *testing.T) {
			for _, row := range []struct {
				bytes  int64 // for an account
				served bool
			}{{64 << 10, false}, {8 * mebibyte, true}} {
				f := newInFlight(512 * mebibyte)
				f.account = row.bytes
				ctx := requestFrom("192.0.2.1", "user_1")
				a := &asking{params: params}
				lasting(a, testDocuments(t), f).Do(nil, httptest.NewRequestWithContext(ctx, "GET", "/graphql", nil), answering{})
				if served := a.errs == nil; served != row.served {
					t.Errorf("with %d bytes: served is %v (%v), want %v", row.bytes, served, a.errs, row.served)
				}
			}
		})
	}
}
