// Command notes is an example of a guarded GraphQL server: it stores notes, has no accounts of its own, and
// authenticates callers by authgraph's tokens.
package main

import (
	"context"
	"fmt"
	"log"
	"maps"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"

	"authgraph/auth"
	"authgraph/auth/remote"
	"example.com/notes/graph"
	"example.com/notes/graph/generated"
	"example.com/notes/graph/model"
	"example.com/notes/note"
)

//go:generate go tool gqlgen generate

// permissions is what the issuer's roles may do here. Every account of authgraph has the role "user".
var permissions = map[string][]string{
	"user":  {string(model.PermissionNotesWrite)},
	"admin": {string(model.PermissionNotesReadAll)},
}

// newHandler serves the graph of config to the bearers of the issuer's tokens. The error names each fault of the wiring, each
// root field that has neither @auth nor @public, and each rule that can't be kept.
func newHandler(ctx context.Context, config generated.Config, keys *remote.Keys, s settings) (http.Handler, error) {
	// Bearer tokens, @auth and default-deny, all of it:
	if err := auth.Wire(&config.Directives); err != nil {
		return nil, err
	}
	schema := generated.NewExecutableSchema(config)
	auth.RemoveDrafts(schema.Schema())
	guard, err := auth.NewGuard(schema.Schema(), auth.WithChecks(
		auth.OwnersAmong(config.Resolvers), auth.KnownPermissions(permissions),
		auth.KnownRoles(slices.Collect(maps.Keys(permissions))...)))
	if err != nil {
		return nil, fmt.Errorf("the schema's rules can't be kept:\n%w", err)
	}
	verifier := auth.NewVerifier(keys, s.issuer, s.audience, auth.WithPermissions(permissions))
	if err := verifier.Err(); err != nil {
		return nil, err
	}
	callers, err := authenticator(ctx, verifier, s)
	if err != nil {
		return nil, err
	}
	server := handler.New(schema)
	server.Use(guard)
	server.AddTransport(transport.POST{})
	return auth.Middleware(callers)(server), nil
}

// authenticator has the end of a session at the issuer hold here at once, if there is an account to follow it as. It has
// to hold REVOCATIONS_READ. Otherwise a token counts for as long as it lives.
func authenticator(ctx context.Context, verifier *auth.Verifier, s settings) (auth.Authenticator, error) {
	if s.account == "" {
		return verifier, nil
	}
	feed := remote.NewFeed(verifier, s.endpoint, remote.NewAccount(s.endpoint, s.account, s.password))
	if err := feed.Err(); err != nil {
		return nil, err
	}
	go feed.Run(ctx)
	return feed, nil
}

// checkIssuer logs what is wrong with the settings of the issuer. The service starts nevertheless, because the issuer may start
// later: until then guarded fields answer SERVICE_UNAVAILABLE.
func checkIssuer(ctx context.Context, keys *remote.Keys, s settings) {
	_ = keys.Fetch(ctx) // a failure is logged
	if err := remote.CheckIssuer(ctx, s.issuer); err != nil {
		log.Print(err)
	}
}

func main() {
	s := load(os.Getenv)
	resolver := &graph.Resolver{Store: &note.Store{}}
	keys := remote.New(s.keysURL)
	h, err := newHandler(context.Background(), generated.Config{Resolvers: resolver}, keys, s)
	if err != nil {
		log.Fatal(err)
	}
	checkIssuer(context.Background(), keys, s)
	mux := http.NewServeMux()
	mux.Handle("/graphql", h)
	fmt.Printf("Endpoint    http://%s/graphql\n", s.addr)
	server := &http.Server{Addr: s.addr, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
