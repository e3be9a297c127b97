package serverkit

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"authgraph/config"
	"authgraph/graph"
	"authgraph/graph/document"
	"authgraph/graph/httpapi"
	"authgraph/graph/ratelimit"
	"authgraph/internal/manifest"
	"authgraph/web"
)

// DocumentLimits are the limits of documents that the settings say.
func DocumentLimits(c config.Config) document.Limits {
	return document.Limits{
		Tokens: c.DocumentTokens, Depth: c.DocumentDepth, Fields: c.DocumentFields, Aliases: c.DocumentAliases,
		Directives: c.DocumentDirectives, Mutations: c.DocumentMutations, Comparisons: c.DocumentComparisons,
		Cost: c.DocumentCost,
	}
}

// Handler puts the HTTP surface together. Once serving has ended, the server is not ready, but still answers.
func (a *App) Handler(c config.Config, log *slog.Logger, serving context.Context) (http.Handler, error) {
	stored, err := storedDocuments(c)
	if err != nil {
		return nil, err
	}
	secure := strings.HasPrefix(c.Issuer, "https://")
	o := graph.Options{
		Accounts: a.Accounts, Reader: a.Store, Events: a.Events, Feed: a.feed, Memory: a.memory, Audit: a.AuditLog, AuditStream: a.AuditStream,
		Authenticator: a.Authenticator, Streams: a.Streams,
		Keys: a.Ring.Public,
		Ping: func(ctx context.Context) error {
			if serving.Err() != nil {
				return httpapi.Unready("the server stops")
			}
			return a.ready(ctx, c)
		},
		Issuer: c.Issuer, PublicOrigin: c.PublicOrigin(), Origins: c.Origins, SecureCookies: secure,
		CookieSuffix: cookieSuffix(c, a.address), HTTPSOnly: secure && c.Production(),
		LoopbackOnly: !c.Production(), Hosts: c.DevelopmentHosts, BodyLimit: c.BodyLimit,
		InFlight: c.Memory, Values: c.DocumentValues,
		Documents: DocumentLimits(c), Trusted: stored,
		Federation:     c.Federation,
		RequestTimeout: c.RequestTimeout, Log: log, Now: a.now,
		IntrospectionByRole: c.Introspection == config.ByRole, Explain: !c.Production(),
		TrustedProxies: c.TrustedProxies, ForwardedHeader: c.ForwardedHeader,
		LoadWait: a.LoadWait, RateLimits: c.RateLimits, RateLimited: a.Metrics.rateLimited, Answered: a.Metrics.requests.answered,
		Anonymous: ratelimit.AnonymousWork{
			Budget: c.AnonymousWork, Hashing: a.Hashing, Worked: a.Metrics.anonymousWorked, Refused: a.Metrics.anonymousRefused,
		},
	}
	if c.Playground {
		o.Playground = web.Playground()
	}
	if a.Mails.Mailbox != nil {
		o.Mailbox = a.Mails.Mailbox
	}
	if c.Console {
		o.Console = web.Console()
	}
	surface, err := graph.New(o)
	if err != nil {
		return nil, err
	}
	return closing(serving, surface), nil
}

// ready returns why this instance should get no requests: an httpapi.Unready.
func (a *App) ready(ctx context.Context, c config.Config) error {
	if err := a.Store.Ping(ctx); err != nil {
		return httpapi.Unready("the database does not answer")
	}
	if err := a.Ring.Ready(ctx, c.AccessTokenTTL); err != nil {
		return httpapi.Unready("a key does not open with the secrets of this instance, see its log")
	}
	return nil
}

// storedDocuments are those of the manifests, if there are any, and with them the console's.
func storedDocuments(c config.Config) ([]manifest.Document, error) {
	stored, err := manifest.ReadFiles(c.TrustedDocuments)
	if err != nil || len(stored) == 0 || !c.Console {
		return stored, err
	}
	own, err := manifest.Read("the console (AUTHGRAPH_CONSOLE)", web.ConsoleOperations())
	return append(own, stored...), err
}
