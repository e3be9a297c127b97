package auth_test

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
)

// A right that is taken away holds for the next event: it says why, and is the last.
func TestGuard_Events(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + `
		type Query { open: Int @public }
		type Subscription { news: Int @auth(permissions: [READ]) open: Int @public }`})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := auth.NewGuard(schema)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		document string
		after    func() (*auth.Principal, error) // two events
		want     string
	}{
		"as before": {`subscription { news }`, reader, ""},
		"another right": {`subscription { news }`, func() (*auth.Principal, error) {
			return &auth.Principal{Subject: "a", Assurance: auth.SingleFactor}, nil
		}, "FORBIDDEN"},
		"an ended session": {`subscription { news }`, func() (*auth.Principal, error) { return nil, auth.ErrSessionEnded }, "UNAUTHENTICATED"},
		"nobody is sure":   {`subscription { news }`, func() (*auth.Principal, error) { return nil, auth.ErrUnavailable }, "SERVICE_UNAVAILABLE"},
		"by another name":  {`subscription { aka: news }`, func() (*auth.Principal, error) { return nil, auth.ErrSessionEnded }, "UNAUTHENTICATED"},
		"in a fragment": {`subscription { ...F } fragment F on Subscription { news }`,
			func() (*auth.Principal, error) { return nil, auth.ErrSessionEnded }, "UNAUTHENTICATED"},
		"what is public": {`subscription { open }`, func() (*auth.Principal, error) { return nil, auth.ErrSessionEnded }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			events := 0
			ctx := auth.WithLive(t.Context(), func() (*auth.Principal, error) {
				if events <= 2 {
					return reader()
				}
				return row.after()
			})
			document, errs := gqlparser.LoadQueryWithRules(schema, row.document, nil)
			if errs != nil {
				t.Fatal(errs)
			}
			op := &graphql.OperationContext{Doc: document, Operation: document.Operations[0], RawQuery: row.document}
			ctx = graphql.WithOperationContext(ctx, op)
			ended := make(chan struct{})
			var inner context.Context
			next := guard.InterceptOperation(ctx, func(ctx context.Context) graphql.ResponseHandler {
				inner = ctx
				context.AfterFunc(ctx, func() { close(ended) })
				return func(ctx context.Context) *graphql.Response {
					return guard.InterceptResponse(ctx, func(context.Context) *graphql.Response {
						events++
						return &graphql.Response{Data: []byte(`{}`)}
					})
				}
			})
			pull := func() *graphql.Response {
				return next(graphql.WithResponseContext(inner, graphql.DefaultErrorPresenter, graphql.DefaultRecover))
			}
			for range 2 {
				if r := pull(); r == nil || r.Errors != nil {
					t.Fatalf("an event while all is as it was: %+v", r)
				}
			}
			r := pull()
			if row.want == "" {
				if r == nil || r.Errors != nil {
					t.Errorf("got %+v, want an event", r)
				}
				return
			}
			if r == nil || r.Data != nil || len(r.Errors) != 1 {
				t.Fatalf("got %+v, want one error and no data", r)
			}
			if code := r.Errors[0].Extensions["code"]; code != auth.Code(row.want) {
				t.Errorf("got %v, want %s", code, row.want)
			}
			if r := pull(); r != nil || events != 3 {
				t.Errorf("after the refusal: %+v, %d events were made", r, events)
			}
			<-ended
		})
	}
}

func reader() (*auth.Principal, error) {
	return &auth.Principal{Subject: "a", Permissions: []string{"READ"}, Assurance: auth.SingleFactor}, nil
}
