package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/generated"
)

// serveYardstick serves what this server is compared with.
func serveYardstick(kind, address, answer string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	switch kind {
	case "gqlgen":
		mux.Handle("/graphql", stock(&account.User{ID: answer, Email: email}))
	case "bytes":
		mux.HandleFunc("/graphql", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, answer)
		})
	default:
		return fmt.Errorf("no yardstick is called %q", kind)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	server := &http.Server{Addr: address, Handler: mux}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// stock is gqlgen as its documentation has one set it up, over the same schema, with directives that do nothing.
func stock(u *account.User) http.Handler {
	config := generated.Config{Resolvers: resolvers{user: u}}
	config.Directives.Auth = func(
		ctx context.Context, _ any, next graphql.Resolver,
		_ []account.Permission, _ []string, _ *bool, _ *auth.Assurance, _ *time.Duration, _ []account.PendingStep,
	) (any, error) {
		return next(ctx)
	}
	config.Directives.Public = func(ctx context.Context, _ any, next graphql.Resolver) (any, error) { return next(ctx) }
	server := handler.New(generated.NewExecutableSchema(config))
	server.AddTransport(transport.POST{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](1000))
	return server
}

// resolvers answers `me` alone.
type resolvers struct {
	generated.ResolverRoot
	user *account.User
}

func (r resolvers) Query() generated.QueryResolver { return query{user: r.user} }

type query struct {
	generated.QueryResolver
	user *account.User
}

func (q query) Me(context.Context) (*account.User, error) { return q.user, nil }
