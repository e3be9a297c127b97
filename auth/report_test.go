package auth

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// A server without a guard, or without the middleware, logs this in a line.
func TestReport(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: `
		directive @auth repeatable on FIELD_DEFINITION
		directive @public on FIELD_DEFINITION
		type Query { open: Int @public closed: Int @auth }`})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := NewGuard(schema)
	if err != nil {
		t.Fatal(err)
	}
	resolve := func(context.Context) (any, error) { return 1, nil }
	field := func(ctx context.Context, name string) context.Context {
		return graphql.WithFieldContext(ctx, &graphql.FieldContext{
			Object: "Query", Field: graphql.CollectedField{Field: &ast.Field{Name: name}},
		})
	}
	guarded := context.WithValue(t.Context(), guardKey{}, guard)
	anonymous := WithAnonymous(guarded, ErrTokenMissing)
	for _, row := range []struct {
		name string
		do   func()
		want string
	}{
		{"@auth without a guard", func() { _, _ = Directive[string, string, string](t.Context(), nil, resolve, nil, nil, nil, nil, nil) },
			"server.Use(guard)"},
		{"@public without a guard", func() { _, _ = Public(field(t.Context(), "open"), nil, resolve) }, "server.Use(guard)"},
		{"no middleware", func() { _, _ = guard.InterceptField(field(guarded, "closed"), resolve) }, "auth.Middleware(verifier)(server)"},
		{"an anonymous client", func() { _, _ = guard.InterceptField(field(anonymous, "closed"), resolve) }, ""},
		{"@public with a guard", func() { _, _ = Public(field(anonymous, "open"), nil, resolve) }, ""},
		{"@public on another field", func() { _, _ = Public(field(anonymous, "closed"), nil, resolve) }, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			log := captured(t)
			noGuard, noMiddleware = once{}, once{}
			row.do()
			row.do()
			text := log.String()
			if row.want == "" && text != "" {
				t.Errorf("got %q, want one line with %q", text, row.want)
			} else if row.want != "" && (strings.Count(text, "\n") != 1 || !strings.Contains(text, row.want)) {
				t.Errorf("got %q, want one line with %q", text, row.want)
			}
		})
	}
}

// captured returns what the default logger writes until the test ends.
func captured(t *testing.T) *bytes.Buffer {
	t.Helper()
	before, log := slog.Default(), &bytes.Buffer{}
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return log
}

func TestVerifier_Err(t *testing.T) {
	for _, row := range []struct {
		name             string
		keys             Keys
		issuer, audience string
		want             string
	}{
		{"whole", KeySet{}, "https://issuer.test", "https://api.test", ""},
		{"no keys", nil, "https://issuer.test", "https://api.test", "no keys"},
		{"no issuer", KeySet{}, "", "https://api.test", "AUTHGRAPH_ISSUER"},
		{"no audience", KeySet{}, "https://issuer.test", "", "AUTHGRAPH_AUDIENCE"},
		{"keys that are wrong themselves", wrongKeys{}, "https://issuer.test", "https://api.test", "wrong keys"},
	} {
		v := NewVerifier(row.keys, row.issuer, row.audience)
		err := v.Err()
		if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %q", row.name, err, row.want)
		}
		_, err = v.Authenticate(t.Context(), "nonsense")
		if refused := refusalOf(err); (refused.Code == ServiceUnavailable) != (row.want != "") {
			t.Errorf("%s: a token is answered %v", row.name, err)
		}
	}
}

type wrongKeys struct{ KeySet }

func (wrongKeys) Err() error { return errors.New("wrong keys") }
