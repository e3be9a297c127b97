// Package auth is the half of authgraph that other servers import: who is calling, and whether they may.
//
// It verifies access tokens (JWT by RFC 9068), puts the caller into the request's context, and guards a gqlgen
// graph by the rules that its schema states with @auth and @public. Nothing in it reads a database or hashes a
// password, and nothing in it fails open: a field without a rule, a rule that is not understood, and a guard that
// was not wired all deny.
//
// A gqlgen server is guarded in these lines:
//
//	config := generated.Config{Resolvers: resolvers}
//	err := auth.Wire(&config.Directives)
//	// The error names what the generated config lacks. auth.graphqls declares the directives for gqlgen.yml.
//	schema := generated.NewExecutableSchema(config)
//	auth.RemoveDrafts(schema.Schema())
//	guard, err := auth.NewGuard(schema.Schema(), auth.WithChecks(auth.OwnersAmong(resolvers)))
//	// The error names every root field that nobody guarded, and every rule that can't hold.
//	server := handler.New(schema)
//	server.Use(guard)
//	verifier := auth.NewVerifier(keys, issuer, audience)
//	err = verifier.Err() // without issuer or audience no token is accepted
//	http.Handle("/graphql", auth.Middleware(verifier)(server))
//
// docs/authorization.md builds such a server from zero, and lists the errors of wrong wiring.
// Package authtest tries the rules of such a server with callers of every kind.
package auth
