// Command authgraph serves accounts and authorization for GraphQL. This file wires the rooms together; no rules live
// here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"authgraph/auth/token"
	"authgraph/config"
	"authgraph/graph"
	"authgraph/graph/httpapi"
	"authgraph/graph/ratelimit"
	"authgraph/internal/manifest"
	"authgraph/web"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process, whatever it still does
	if err := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(exitCode(err))
	}
}

// exitCode is 1 unless the error has a code of its own.
func exitCode(err error) int {
	var own interface{ ExitCode() int }
	if errors.As(err, &own) {
		return own.ExitCode()
	}
	return 1
}

// serve runs the server until ctx ends, and then stops as AUTHGRAPH_LAME_DUCK and AUTHGRAPH_DRAIN_TIMEOUT say.
func serve(ctx context.Context, c config.Config, out, logs io.Writer) error {
	running, stop := context.WithCancel(context.WithoutCancel(ctx)) // outlasts ctx: requests are served on for a while
	defer stop()
	starting := context.AfterFunc(ctx, stop)
	tune(running)
	lines := newLines(logs)
	defer lines.Close()
	log := slog.New(slog.NewJSONHandler(lines, &slog.HandlerOptions{Level: c.LogLevel}))
	app, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer app.close(log)
	if err := app.store.Follow(running, func(err error) { log.Warn("changes may go unheard", "error", err.Error()) }); err != nil {
		return err
	}
	listener, err := listen(c.Addr)
	if err != nil {
		return err
	}
	app.address = listener.Addr().String()
	handler, err := app.handler(c, log, ctx)
	if err != nil {
		return errors.Join(fmt.Errorf("the schema can't be served:\n%w", err), listener.Close())
	}
	app.migration.log(log)
	stopMetrics, err := app.serveMetrics(c.MetricsAddr, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stopMetrics()
	if !starting() {
		return listener.Close() // a signal came during the start
	}
	announce(out, c, app.address)
	app.announceAdministrator(running, out, log)
	log.Info("server started", "version", version(), "address", app.address, "database", app.store.Describe(running),
		"schema", app.migration.Version)
	defer log.Info("server stopped")
	connections := newConnections(listener, c.Memory, c.TrustedProxies)
	surface := httpServer(c, handler, log)
	server := &service{surface, connections, listener.finish, c.LameDuck, c.DrainTimeout, log}
	return server.run(ctx, app.background(running, c, log), stop)
}

// httpServer holds clients to what one may take of a connection, in time and in bytes.
func httpServer(c config.Config, handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: c.RequestTimeout + 5*time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// announce prints what a person needs to begin.
func announce(out io.Writer, c config.Config, address string) {
	base := "http://" + address
	if c.Production() {
		base = c.Issuer // the address may be one that nobody outside can use
	}
	playground, console := "off (AUTHGRAPH_PLAYGROUND)", "off (AUTHGRAPH_CONSOLE)"
	if c.Playground {
		playground = base + "/"
	}
	if c.Console {
		console = base + "/console"
	}
	data := "PostgreSQL (DATABASE_URL)"
	if c.SQLite() {
		data = c.SQLitePath()
	}
	_, _ = fmt.Fprintf(out, "Playground  %s\nConsole     %s\nEndpoint    %s/graphql\nData        %s\n", playground, console, base, data)
}

// handler puts the HTTP surface together. Once serving has ended, the server is not ready, but still answers.
func (a *app) handler(c config.Config, log *slog.Logger, serving context.Context) (http.Handler, error) {
	stored, err := storedDocuments(c)
	if err != nil {
		return nil, err
	}
	secure := strings.HasPrefix(c.Issuer, "https://")
	o := graph.Options{
		Accounts: a.accounts, Events: a.events, Feed: a.feed, Memory: a.memory, Audit: a.log, AuditStream: a.auditStream,
		Authenticator: a.authenticator, Streams: a.streams,
		Keys: a.ring.Public,
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
		Documents: limitsOf(c), Trusted: stored,
		Federation:     c.Federation,
		RequestTimeout: c.RequestTimeout, Log: log, Now: a.now,
		IntrospectionByRole: c.Introspection == config.ByRole, Explain: !c.Production(),
		TrustedProxies: c.TrustedProxies, ForwardedHeader: c.ForwardedHeader,
		LoadWait: a.loadWait, RateLimits: c.RateLimits, RateLimited: a.metrics.rateLimited, Answered: a.metrics.requests.answered,
		Anonymous: ratelimit.AnonymousWork{
			Budget: c.AnonymousWork, Hashing: a.hashing, Worked: a.metrics.anonymousWorked, Refused: a.metrics.anonymousRefused,
		},
	}
	if c.Playground {
		o.Playground = web.Playground()
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

// ready returns why this instance should get no requests: a graph.Unready.
func (a *app) ready(ctx context.Context, c config.Config) error {
	if err := a.store.Ping(ctx); err != nil {
		return httpapi.Unready("the database does not answer")
	}
	if err := a.ring.Ready(ctx, c.AccessTokenTTL); err != nil {
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

// purgeInterval is the pause between two steps of the housekeeping, of which each looks at some hundred sessions.
const purgeInterval = 5 * time.Second

// background starts what goes on beside requests. It ends with ctx.
func (a *app) background(ctx context.Context, c config.Config, log *slog.Logger) *sync.WaitGroup {
	var tasks sync.WaitGroup
	tasks.Go(func() { a.streams.Run(ctx) })
	tasks.Go(func() {
		a.store.Scrub(ctx, func(err error) { log.Warn("an erasure is not complete yet", "error", err.Error()) })
	})
	tasks.Go(func() { a.events.Run(ctx) })
	tasks.Go(func() { a.feed.Run(ctx) })
	tasks.Go(func() { a.purge(ctx, c.SessionRetention, log) })
	tasks.Go(func() { every(ctx, fillInterval, func() { a.fill(ctx, log) }) })
	tasks.Go(func() { every(ctx, keysInterval, func() { a.keepKeys(ctx, c.KeyRotation, log) }) })
	tasks.Go(func() { every(ctx, clockInterval, func() { a.compareClocks(ctx, log) }) })
	tasks.Go(func() { every(ctx, sealInterval, func() { a.seal(ctx, log) }) })
	tasks.Go(func() { a.auditStream.Run(ctx) })
	tasks.Go(func() { every(ctx, retainInterval, func() { a.retain(ctx, c.AuditRetention, log) }) })
	return &tasks
}

// every does something now and then again at each interval, until ctx ends.
func every(ctx context.Context, interval time.Duration, do func()) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

const (
	// keysInterval is how often it is looked whether the signing key is due.
	keysInterval = time.Minute
	// revokedFor is how long a revoked key is still listed.
	revokedFor = 30 * 24 * time.Hour
)

// keepKeys rotates the signing keys when they are due, which of many instances one does, and deletes old ones.
func (a *app) keepKeys(ctx context.Context, rotation time.Duration, log *slog.Logger) {
	rotated, err := a.ring.RotateIfDue(ctx, rotation)
	if err = errors.Join(err, a.store.PurgeKeys(ctx, token.RetiredFor, revokedFor)); err != nil && ctx.Err() == nil {
		log.Warn("the signing keys could not be looked after", "error", err.Error())
	}
	if rotated {
		log.Info("signing keys rotated", "active", a.ring.Active(ctx))
	}
	unopened, err := a.ring.Unopened(ctx)
	if err != nil && ctx.Err() == nil {
		log.Warn("the signing keys could not be read", "error", err.Error())
	}
	for _, u := range unopened {
		log.Warn("a key does not open with the secrets of this instance: restart it with the AUTHGRAPH_SECRETS of the others",
			"key", u.ID, "state", u.State, "error", u.Err.Error())
	}
}

// instanceRetention is how long an instance is remembered that has stopped.
const instanceRetention = 24 * time.Hour

// maxCounts is how many counts of attempts on accounts are kept; beyond it those that end next go first.
const maxCounts = 1_000_000

// purge deletes sessions that ended long ago, and counts that have run out, a few at a time, over and over.
func (a *app) purge(ctx context.Context, retention time.Duration, log *slog.Logger) {
	tick := time.NewTicker(purgeInterval)
	defer tick.Stop()
	for next := ""; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var err error
		if next, err = a.purgeSome(ctx, next, retention); err != nil && ctx.Err() == nil {
			log.Warn("old sessions could not be deleted", "error", err.Error())
		}
	}
}

// purgeSome is one step of it, from the session after the given one on. It returns where to go on; "" at the end.
func (a *app) purgeSome(ctx context.Context, after string, retention time.Duration) (next string, err error) {
	if next, _, err = a.store.PurgeSessions(ctx, after, retention); next == "" {
		err = errors.Join(err, a.store.PurgeInstances(ctx, instanceRetention), a.store.PurgeRevocations(ctx, a.feed.Retention()))
	}
	return next, errors.Join(err, a.store.PurgeCounts(ctx, maxCounts))
}
