package graph

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"

	"authgraph/account"
	"authgraph/account/feed"
	"authgraph/auth"
	"authgraph/graph/document"
	"authgraph/graph/generated"
	"authgraph/graph/ratelimit"
	"authgraph/graph/reqctx"
	"authgraph/graph/stream"
	"authgraph/internal/manifest"
)

// Options are what a server is made of.
type Options struct {
	Accounts       *account.Service
	Events         *feed.Sessions
	Feed           *feed.Revocations
	Audit          account.AuditLog
	AuditStream    *feed.Audit
	Memory         *account.Memory // of accounts: `me` asks the database for what it does not hold
	Authenticator  auth.Authenticator
	Now            func() time.Time // the server's clock, for rules with a maxAge; nil: the machine's
	Streams        *stream.Registry
	Keys           func(context.Context) ([]auth.Key, error) // that verify tokens
	Ping           func(context.Context) error               // whether the database answers
	Playground     http.Handler                              // nil: none
	Console        http.Handler                              // nil: none
	Issuer         string                                    // the URL that clients reach this server by
	PublicOrigin   string                                    // the origin of Issuer, as browsers send it
	Origins        []string                                  // of pages elsewhere that may call, as browsers send them
	SecureCookies  bool                                      // whether browsers come over https
	CookieSuffix   string                                    // of the names of cookies, to tell servers of one host apart
	HTTPSOnly      bool                                      // tell browsers to come over https alone
	LoopbackOnly   bool                                      // answer only to a loopback Host, and to Hosts
	Hosts          []string                                  // as browsers spell them, without ports
	BodyLimit      int64                                     // bytes
	InFlight       int64                                     // bytes of memory, of which requests and answers get requestShare
	Values         int                                       // JSON values in variables and extensions
	Documents      document.Limits
	Trusted        []manifest.Document // the only ones that are served; none: all are
	Federation     bool                // whether gateways may ask for entities
	RequestTimeout time.Duration
	Log            *slog.Logger
	// TrustedProxies are believed when they say in ForwardedHeader for whom they ask.
	TrustedProxies  []netip.Prefix
	ForwardedHeader string
	// LoadWait is how long fields that ask alike are waited for: a millisecond unless it is given, more for tests on busy machines.
	LoadWait    time.Duration
	RateLimits  bool                   // whether @rateLimit and the budget of anonymous clients are kept
	RateLimited func(field, by string) // told of each refusal
	Answered    Answered               // told of each answer; nil: nothing is
	Anonymous   ratelimit.AnonymousWork
	// IntrospectionByRole has introspection show each caller what they could use, rather than everything.
	IntrospectionByRole bool
	// Explain adds to the guard's refusals the lines of `policy explain`. It is for development.
	Explain bool
}

// New returns the whole HTTP surface. The error names every fault of the schema's rules, or of the documents
// that are to be trusted.
func New(o Options) (http.Handler, error) {
	p := &presenter{log: o.Log}
	trusted := newOrigins(o.PublicOrigin, o.Origins)
	api, err := newAPI(o, p, trusted)
	if err != nil {
		return nil, err
	}
	refused := newOriginWarnings(o.Log, time.Now)
	mux := http.NewServeMux()
	mux.Handle("/graphql", limited(o.BodyLimit, crossOrigin(trusted, refused, noStore(auth.Middleware(o.Authenticator)(api)))))
	mux.Handle("/graphql/{$}", crossOrigin(trusted, refused, withoutSlash("../graphql")))
	mux.Handle("GET /.well-known/jwks.json", jwks(o.Keys))
	if err := metadata(mux, o.Issuer); err != nil {
		return nil, err
	}
	mux.Handle("GET "+healthPath, health(nil))
	mux.Handle("GET "+readyPath, health(o.Ping))
	if o.Console != nil {
		mux.Handle("/console", o.Console)
		mux.Handle("/console/", o.Console)
	}
	if o.Playground != nil {
		mux.Handle("/", o.Playground)
	}
	h := secured(o.HTTPSOnly, mux)
	if o.LoopbackOnly {
		h = loopbackHost(o.Hosts, h)
	}
	return logged(o.Log, addresses{o.TrustedProxies, o.ForwardedHeader}, recovering(p, h)), nil
}

// newAPI returns the GraphQL endpoint.
func newAPI(o Options, p *presenter, trusted *origins) (http.Handler, error) {
	resolvers := &Resolver{accounts: o.Accounts, events: o.Events, feed: o.Feed, memory: o.Memory, log: o.Audit, auditStream: o.AuditStream}
	config := generated.Config{Resolvers: resolvers}
	config.Directives.Auth = auth.Directive
	config.Directives.Public = auth.Public
	if _, err := rules(); err != nil {
		return nil, err
	}
	schema := generated.NewExecutableSchema(config)
	var subgraph *federated
	if o.Federation {
		var err error
		if subgraph, err = newFederated(config); err != nil {
			return nil, err
		}
		schema = subgraph
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	guarding := []auth.GuardOption{auth.WithChecks(checks()...), auth.WithGuardClock(o.Now)}
	switch {
	case o.Explain && o.IntrospectionByRole:
		guarding = append(guarding, auth.WithExplanationsByRole())
	case o.Explain:
		guarding = append(guarding, auth.WithExplanations())
	}
	guard, err := auth.NewGuard(schema.Schema(), guarding...)
	if err != nil {
		return nil, err
	}
	resolvers.policy, resolvers.longestField = guard.Policy(), longestField(guard.Policy())
	p.denials = newDenials(o.Audit, o.Log, guard.Policy())
	server := handler.New(schema)
	server.Use(guard)
	limits, err := ratelimit.Parse(schema.Schema())
	if err != nil {
		return nil, err
	}
	fields := around{}
	if o.RateLimits {
		limiter := ratelimit.NewLimiter(o.Accounts, time.Now, o.RateLimited)
		for coordinate, its := range limits {
			fields[coordinate] = limiter.Field(its)
		}
	}
	if !o.RateLimits {
		o.Anonymous.Budget = 0
	}
	work := ratelimit.NewAnonymous(o.Anonymous, guard.Policy(), limits, time.Now)
	perAnswer := batches{measure: newMeasure(schema.Schema(), o.Answered), accounts: o.Accounts, wait: cmp.Or(o.LoadWait, loadWait), present: p, gate: newGate(work)}
	if o.IntrospectionByRole {
		perAnswer.byRole = newByRole(guard.Policy(), schema.Schema())
		fields["Query.__schema"], fields["Query.__type"] = introspect, introspect
	}
	server.Use(fields)
	server.Use(numbers{})
	documents, err := newDocuments(schema.Schema(), o.Documents, o.Trusted, work)
	if err != nil {
		return nil, err
	}
	server.Use(documents)
	if subgraph != nil {
		server.Use(subgraph) // behind documents: what is asked for is what is measured
	}
	server.Use(acting{o.Audit})
	server.Use(perAnswer)
	server.Use(extension.Introspection{})
	server.SetErrorPresenter(p.present)
	server.SetRecoverFunc(p.recovered)
	server.SetQueryCache(handed{})
	cookies := newCookies(o.SecureCookies, o.CookieSuffix, trusted)
	sockets := &stream.Sockets{
		Authenticator: o.Authenticator, Streams: o.Streams, Allowed: trusted.allows, ReadLimit: o.BodyLimit, MaxValues: o.Values,
	}
	server.Use(deadline(o.RequestTimeout))
	inFlight := reqctx.NewInFlight(o.InFlight)
	server.AddTransport(stream.WithPlaces(sockets.Transport(), documents.before, inFlight))
	server.AddTransport(documents.before(&transport{
		policy: guard.Policy(), measure: perAnswer.measure, present: p, cookies: cookies, streams: o.Streams,
		inFlight: inFlight, maxValues: o.Values,
	}))
	return sockets.Handshake(server, detached(o.RequestTimeout, stream.HoldPlace(recovering(p, server)))), nil
}
