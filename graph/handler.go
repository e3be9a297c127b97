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
	"authgraph/graph/httpapi"
	"authgraph/graph/ratelimit"
	"authgraph/graph/reqctx"
	"authgraph/graph/stream"
	"authgraph/internal/manifest"
)

// Options are what a server is made of.
type Options struct {
	Accounts       *account.Service
	Reader         account.Reader
	Events         *feed.Sessions
	Feed           *feed.Revocations
	Audit          account.AuditLog
	AuditStream    *feed.Audit
	Memory         *account.SessionCache // accounts and sessions; `me` reads others from the database
	Authenticator  auth.Authenticator
	Now            func() time.Time // the server's clock, for rules with a maxAge; nil: the machine's
	Streams        *stream.Registry
	Keys           func(context.Context) ([]auth.Key, error) // keys that verify tokens
	Ping           func(context.Context) error               // whether the database answers
	Playground     http.Handler                              // nil: none
	Console        http.Handler                              // nil: none
	Mailbox        http.Handler                              // mails of a development server; nil: none
	Issuer         string                                    // the URL that clients reach this server by
	PublicOrigin   string                                    // the origin of Issuer, as browsers send it
	Origins        []string                                  // origins of other pages that may call, as browsers send them
	SecureCookies  bool                                      // whether browsers come over https
	CookieSuffix   string                                    // suffix of the names of cookies, to distinguish servers on one host
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
//
// A request passes, from the connection to the resolver and back:
//
//  1. places of connections, timeouts and the size of headers: internal/serverkit/connection.go,
//     internal/serverkit/server.go
//  2. its record: id, address of the client: httpapi/log.go, httpapi/address.go
//  3. recovery from panics: httpapi/recover.go
//  4. the Host, which must be loopback in development: httpapi/host.go
//  5. security headers: httpapi/header.go
//  6. the route. Pages, keys, metadata and health end here: web, httpapi/jwks.go, httpapi/metadata.go, httpapi/health.go
//  7. the limit of the body; a short body is read: httpapi/body_early.go
//  8. CORS and warnings of other origins: httpapi/cors.go, httpapi/origin.go, httpapi/origin_warning.go
//  9. Cache-Control: no-store: httpapi/header.go
//  10. the bearer token, which becomes the caller: auth/bearer.go
//  11. a WebSocket's handshake: origin, subprotocol, place, a goroutine of its own: stream/upgrade.go, stream/socket.go,
//     stream/opening.go, httpapi/detach.go. Then connection_init, which may bring another token, and a place among the open
//     streams: stream/registry.go, stream/place.go. Each message of an operation (stream/socket_message.go,
//     stream/socket_operation.go) gets a place (stream/socket_place.go), and continues with step 16.
//  12. method and Accept: httpapi/transport.go, httpapi/accept.go
//  13. a place for its bytes: httpapi/body_place.go, reqctx/place.go
//  14. body or query string, and the number of values: httpapi/request.go, httpapi/request_values.go
//  15. cookies, which other origins may not use: httpapi/cookie.go
//  16. the document by its id, by its hash, or in full: document_read.go, trusted.go, persisted.go
//  17. the budget and the turn of an anonymous client to read it: ratelimit/anonymous.go, ratelimit/turn.go
//  18. its limits and its validation: document/read.go, document/validate.go
//  19. variables: document/variables.go, variables_numeric.go
//  20. cost, work, and the kind of its turn: document_read.go, document/cost.go, document/work.go
//  21. `_entities`, which becomes Query.nodes: federation.go
//  22. the audit record of an impersonator: impersonation_audit.go
//  23. 401 for an operation that no caller may execute: httpapi/transport.go
//  24. an event stream's place, for subscriptions: stream/sse.go; the cookies, for mutations: reqctx/exchange.go
//  25. the guard and the deadline: auth/guard.go, deadline.go
//  26. its turn, and the loaders of its answer: gate.go, load.go
//  27. for each field: its rules: auth/guard.go
//  28. for each field: the answer's size, rate limits, introspection by role: field_interceptor.go, answersize.go,
//     ratelimit/limiter.go, introspection.go
//  29. for each field: the directives @auth and @public: auth/directive.go
//  30. the resolver, which calls account: session.go, users.go, administration.go, audit.go, node.go, policy.go
//  31. its error, as the client is shown it, and the audit record of a denial: present.go, clip.go, denial.go
//  32. the bounds of the answer, and its measure: answersize.go, measure.go
//  33. for each event of a subscription: its rules again: auth/stream.go
//  34. cookies, headers and body of the response: httpapi/transport.go; or a message: stream/socket_conn.go, stream/sse.go
//  35. the line in the log: httpapi/log.go
func New(o Options) (http.Handler, error) {
	p := &presenter{log: o.Log}
	trusted := httpapi.NewOrigins(o.PublicOrigin, o.Origins)
	api, err := newAPI(o, p, trusted)
	if err != nil {
		return nil, err
	}
	refused := httpapi.NewOriginWarnings(o.Log, time.Now)
	mux := http.NewServeMux()
	api = httpapi.NoStore(auth.Middleware(o.Authenticator)(api))
	mux.Handle("/graphql", httpapi.LimitBody(o.BodyLimit, httpapi.CrossOrigin(trusted, refused, api)))
	mux.Handle("/graphql/{$}", httpapi.CrossOrigin(trusted, refused, httpapi.WithoutSlash("../graphql")))
	mux.Handle("GET /.well-known/jwks.json", httpapi.JWKS(o.Keys))
	if err := httpapi.ServeMetadata(mux, o.Issuer); err != nil {
		return nil, err
	}
	mux.Handle("GET "+httpapi.HealthPath, httpapi.Health(nil))
	mux.Handle("GET "+httpapi.ReadyPath, httpapi.Health(o.Ping))
	if o.Console != nil {
		mux.Handle("/console", o.Console)
		mux.Handle("/console/", o.Console)
	}
	if o.Mailbox != nil {
		mux.Handle("GET /dev/mail", o.Mailbox)
		mux.Handle("GET /dev/mail.json", o.Mailbox)
	}
	if o.Playground != nil {
		mux.Handle("/", o.Playground)
	}
	h := httpapi.SecurityHeaders(o.HTTPSOnly, mux)
	if o.LoopbackOnly {
		h = httpapi.LoopbackHost(o.Hosts, h)
	}
	from := httpapi.Addresses{Trusted: o.TrustedProxies, Header: o.ForwardedHeader}
	return httpapi.Log(o.Log, from, httpapi.Recover(p.present, p.recovered, h)), nil
}

// newAPI returns the GraphQL endpoint.
func newAPI(o Options, p *presenter, trusted *httpapi.Origins) (http.Handler, error) {
	resolvers := &Resolver{accounts: o.Accounts, reader: o.Reader, events: o.Events, feed: o.Feed, memory: o.Memory, log: o.Audit, auditStream: o.AuditStream}
	config := generated.Config{Resolvers: resolvers}
	config.Directives.Auth = auth.DirectiveWithPending
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
	fields := fieldInterceptors{}
	if o.RateLimits {
		limiter := ratelimit.NewLimiter(o.Accounts, time.Now, o.RateLimited)
		for coordinate, its := range limits {
			fields[coordinate] = limiter.Field(its)
		}
		resolvers.loginLimits = limits["Mutation.login"].ByAccount()
		resolvers.passwordLimits = account.PasswordLimits{
			Own: limits["Mutation.changePassword"].ByCaller(), Login: resolvers.loginLimits,
		}
		resolvers.resetLimits = limits["Mutation.resetPassword"].ByRequest()
		resolvers.registerLimits = limits["Mutation.register"].ByAccount()
	}
	if !o.RateLimits {
		o.Anonymous.Budget = 0
	}
	work := ratelimit.NewAnonymous(o.Anonymous, guard.Policy(), limits, time.Now)
	perAnswer := batches{measure: newMeasure(schema.Schema(), o.Answered), reader: o.Reader, wait: cmp.Or(o.LoadWait, loadWait), present: p, gate: newGate(work)}
	if o.IntrospectionByRole {
		perAnswer.byRole = newByRole(guard.Policy(), schema.Schema())
		fields["Query.__schema"], fields["Query.__type"] = introspect, introspect
	}
	server.Use(fields)
	server.Use(numericVariables{})
	documents, err := newDocuments(schema.Schema(), o.Documents, o.Trusted, work)
	if err != nil {
		return nil, err
	}
	server.Use(documents)
	if subgraph != nil {
		server.Use(subgraph) // behind documents: what is asked for is what is measured
	}
	server.Use(impersonationAudit{o.Audit})
	server.Use(perAnswer)
	server.Use(extension.Introspection{})
	server.SetErrorPresenter(p.present)
	server.SetRecoverFunc(p.recovered)
	server.SetQueryCache(currentDocument{})
	cookies := httpapi.NewCookies(o.SecureCookies, o.CookieSuffix, trusted)
	sockets := &stream.Sockets{
		Authenticator: o.Authenticator, Streams: o.Streams, Allowed: trusted.Allows,
		ReadLimit: o.BodyLimit, MaxValues: o.Values,
	}
	server.Use(deadline(o.RequestTimeout))
	inFlight := reqctx.NewInFlight(o.InFlight)
	server.AddTransport(stream.WithPlaces(sockets.Transport(), documents.before, inFlight))
	server.AddTransport(documents.before(&httpapi.Transport{
		Policy: guard.Policy(), Present: p.present, Refused: perAnswer.measure.refused, Cookies: cookies,
		Streams: o.Streams, InFlight: inFlight, MaxValues: o.Values,
	}))
	socket := stream.HoldPlace(httpapi.Recover(p.present, p.recovered, server))
	return sockets.Handshake(server, httpapi.Detach(o.RequestTimeout, socket)), nil
}
