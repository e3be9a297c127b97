package serverkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"authgraph/config"
	"authgraph/mail"
)

// Run runs the server until ctx ends, and then stops as AUTHGRAPH_LAME_DUCK and AUTHGRAPH_DRAIN_TIMEOUT say.
func Run(ctx context.Context, c config.Config, out, logs io.Writer) error {
	running, stop := context.WithCancel(context.WithoutCancel(ctx)) // outlasts ctx: requests are served on for a while
	defer stop()
	starting := context.AfterFunc(ctx, stop)
	tune(running)
	lines := newLines(logs)
	defer lines.Close()
	log := slog.New(slog.NewJSONHandler(lines, &slog.HandlerOptions{Level: c.LogLevel}))
	app, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer app.Close(log)
	if err := app.Store.Follow(running, func(err error) { log.Warn("change notifications interrupted", "error", err.Error()) }); err != nil {
		return err
	}
	listener, err := listen(c.Addr)
	if err != nil {
		return err
	}
	app.address = listener.Addr().String()
	handler, err := app.Handler(c, log, ctx)
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
	log.Info("server started", "version", Version(), "address", app.address, "database", app.Store.Describe(running),
		"schema", app.migration.Version)
	defer log.Info("server stopped")
	connections := newConnections(listener, c.Memory, c.TrustedProxies)
	surface := HttpServer(c, handler, log)
	server := &service{surface, connections, listener.finish, c.LameDuck, c.DrainTimeout, log}
	return server.run(ctx, app.Background(running, c, log), stop)
}

// HttpServer holds clients to what one may take of a connection, in time and in bytes.
func HttpServer(c config.Config, handler http.Handler, log *slog.Logger) *http.Server {
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
		base = c.Issuer // the address may be unreachable from outside
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
	if !c.Production() && c.SMTP.Reveal().Host == "" {
		_, _ = fmt.Fprintf(out, "Mailbox     %s%s\n", base, mail.MailboxPath)
	}
}
