// Command authgraph serves accounts and authorization for GraphQL. This file wires the rooms together; no rules live
// here.
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"authgraph/account"
	"authgraph/config"
	"authgraph/graph"
	"authgraph/web"
)

//go:embed schema.graphqls
var sdl string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process, whatever it still does
	if err := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

// serve runs the server until ctx ends, and then lets requests finish.
func serve(ctx context.Context, c config.Config, out, logs io.Writer) error {
	log := slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: c.LogLevel}))
	app, err := open(ctx, c, true)
	if err != nil {
		return err
	}
	defer app.close(log)
	handler, err := app.handler(c, log, ctx)
	if err != nil {
		return fmt.Errorf("the schema's rules can't be kept:\n%w", err)
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: c.RequestTimeout + 5*time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	announce(out, c, listener.Addr().String())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.Background(), c.DrainTimeout)
	defer cancel()
	return server.Shutdown(drain)
}

// announce prints what a person needs to begin.
func announce(out io.Writer, c config.Config, address string) {
	base := "http://" + address
	if c.Production() {
		base = c.Issuer // the address may be one that nobody outside can use
	}
	playground := "off (AUTHGRAPH_PLAYGROUND)"
	if c.Playground {
		playground = base + "/"
	}
	data := "PostgreSQL (DATABASE_URL)"
	if c.SQLite() {
		data = c.SQLitePath()
	}
	_, _ = fmt.Fprintf(out, "Playground  %s\nEndpoint    %s/graphql\nData        %s\n", playground, base, data)
}

// handler puts the HTTP surface together. While the server drains, it is not ready for more.
func (a *app) handler(c config.Config, log *slog.Logger, running context.Context) (http.Handler, error) {
	o := graph.Options{
		Accounts: a.accounts, Authenticator: &account.Authenticator{Tokens: a.verifier, Store: a.store}, Keys: a.keys,
		Ping: func(ctx context.Context) error {
			if running.Err() != nil {
				return errors.New("draining")
			}
			return a.store.Ping(ctx)
		},
		Origins: c.Origins, LoopbackOnly: !c.Production(), BodyLimit: c.BodyLimit,
		DocumentTokens: c.DocumentTokens, RequestTimeout: c.RequestTimeout, Log: log,
	}
	if c.Playground {
		o.Playground = web.Playground()
	}
	return graph.New(o)
}
