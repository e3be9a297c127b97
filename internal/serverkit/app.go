package serverkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"authgraph/account"
	"authgraph/account/feed"
	"authgraph/auth"
	"authgraph/auth/password"
	"authgraph/auth/token"
	"authgraph/config"
	"authgraph/db"
	"authgraph/graph/stream"
	"authgraph/internal/seal"
)

// clientID is the `client_id` of access tokens: who signs in through this server's own API.
const clientID = "authgraph"

// App is what the commands work with.
type App struct {
	Store         *db.Store
	Accounts      *account.Service
	Events        *feed.Sessions
	feed          *feed.Revocations
	memory        *account.SessionCache
	Authenticator auth.Authenticator
	Streams       *stream.Registry
	Ring          *token.Keyring
	AuditLog      *db.AuditLog
	AuditStream   *feed.Audit
	LoadWait      time.Duration // graph.Options.LoadWait
	Metrics       *Metrics
	Hashing       func() bool // whether passwords wait to be hashed
	Mails         *Mails
	now           func() time.Time // the clock of access tokens
	migration     Migration        // the migration at the start of the server
	address       string           // the address that serve listens on
}

// Open opens everything that the server needs, and creates or migrates the database.
func Open(ctx context.Context, c config.Config) (*App, error) {
	store, done, err := OpenStore(ctx, c)
	if err != nil {
		return nil, err
	}
	a, err := wire(ctx, c, store, true)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	a.migration = done
	return a, nil
}

// OpenExisting opens everything that a command needs, on a database that exists.
func OpenExisting(ctx context.Context, c config.Config, logs io.Writer) (*App, error) {
	store, err := OpenExistingStore(ctx, c, logs)
	if err != nil {
		return nil, err
	}
	a, err := wire(ctx, c, store, false)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return a, nil
}

func wire(ctx context.Context, c config.Config, store *db.Store, serving bool) (*App, error) {
	if serving {
		held, err := store.Exclusive(ctx)
		if err != nil {
			return nil, err
		}
		if !held {
			return nil, fmt.Errorf("another server serves %s; SQLite is for one process, PostgreSQL for more", c.SQLitePath())
		}
	}
	box, err := OpenBox(c)
	if err != nil {
		return nil, err
	}
	var hashing []password.Option
	if serving {
		hashing = append(hashing, password.InBackground(c.HashNice))
	}
	hasher, err := password.New(c.BcryptCost, hashing...)
	if err != nil {
		return nil, err
	}
	return Assemble(ctx, c, store, box, hasher, time.Now)
}

// Assemble makes the parts and joins them. Access tokens are made and judged by the given clock, everything else by the
// database's.
func Assemble(
	ctx context.Context, c config.Config, store *db.Store, box *seal.Box, hasher *password.Hasher, now func() time.Time,
) (*App, error) {
	ring, err := token.OpenKeyring(ctx, store, box, store, c.SigningAlgorithm)
	if err != nil {
		return nil, err
	}
	issuer := token.NewIssuer(ring, token.Settings{
		Issuer: c.Issuer, Audience: c.Audience, ClientID: clientID, Lifetime: c.AccessTokenTTL,
	}, now)
	counts := newMetrics()
	auditLog := db.NewAuditLog(store, ring.AuditKey)
	if err := auditLog.SignGenesis(ctx); err != nil {
		return nil, err
	}
	a := &App{
		Hashing: func() bool { return hasher.Waiting() > 0 },
		Store:   store, AuditLog: auditLog, AuditStream: feed.NewAudit(auditLog), Metrics: counts, now: now,
		Accounts: account.New(store, auditLog, hasher, issuer, ring, account.Settings{
			Registration: c.Registration, SessionIdle: c.SessionIdle, SessionAbsolute: c.SessionAbsolute,
			SessionCap: c.SessionCap, RefreshGrace: c.RefreshGrace, AccessTokenTTL: c.AccessTokenTTL,
			DeletionGrace: c.DeletionGrace,
			Now:           now,
		}),
		memory: account.NewSessionCache(store, store, c.SessionMemory), Events: feed.NewSessions(store), feed: feed.NewRevocations(store, c.AccessTokenTTL), Ring: ring,
	}
	a.Accounts.SetMetrics(counts.refreshed)
	sending, outbox, err := newMails(c, store, box, counts)
	if err != nil {
		return nil, err
	}
	a.Mails = sending
	a.Accounts.SetOutbox(outbox)
	verifier := auth.NewVerifier(ring, c.Issuer, c.Audience, auth.WithClock(now), auth.WithMismatches(func(error) {}))
	pending := auth.NewPendingVerifier(ring, c.Issuer, auth.WithClock(now), auth.WithMismatches(func(error) {}))
	authenticator := account.NewAuthenticator(verifier, pending, ring, a.memory, c.SessionMemory, now)
	a.Authenticator = authenticator
	a.Streams = stream.New(authenticator, store, stream.Limits{
		PerSession: c.StreamsPerSession, Total: c.Streams,
	}, now)
	a.Streams.SetMetrics(counts.streamRefused)
	counts.watch(store, a.Streams)
	counts.watchAudit(auditLog)
	counts.watchHashing(hasher)
	counts.watchDatabase(store)
	counts.watchKeys(ring)
	forgetKeys := func(c account.Change) {
		if c.Keys || c.All {
			ring.Forget()
		}
	}
	// The cache comes first, so that later subscribers read the changed state.
	for _, subscriber := range []func(account.Change){forgetKeys, a.memory.Forget, authenticator.Forget, a.Streams.HandleChange, a.Events.HandleChange, a.feed.HandleChange} {
		store.Subscribe(subscriber)
	}
	return a, nil
}

// OpenBox returns the box of the database's sealed values. Its secrets are configured, or in the file next to the database.
func OpenBox(c config.Config) (*seal.Box, error) {
	if len(c.Secrets.Reveal()) == 0 {
		secrets, err := seal.FileSecrets(c.SecretPath(), rand.Reader)
		if err != nil {
			return nil, err
		}
		return seal.New(secrets)
	}
	return seal.New(c.Secrets.Reveal())
}

// Close closes the database. A failure is logged.
func (a *App) Close(log *slog.Logger) {
	if err := a.Store.Close(); err != nil {
		log.Error("closing the database", "error", err.Error())
	}
}
