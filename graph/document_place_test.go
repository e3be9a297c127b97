package graph

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/graph/reqctx"
	"authgraph/graph/stream"
)

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
				f := reqctx.NewInFlight(row.bytes * 16 * 16 / 3) // three sixteenths for requests, of which an account gets a sixteenth
				ctx := requestFrom("192.0.2.1", "user_1")
				a := &asking{params: params}
				stream.WithPlaces(a, testDocuments(t).before, f).Do(nil, httptest.NewRequestWithContext(ctx, "GET", "/graphql", nil), bareExecutor{})
				if served := a.errs == nil; served != row.served {
					t.Errorf("with %d bytes: served is %v (%v), want %v", row.bytes, served, a.errs, row.served)
				}
			}
		})
	}
}
