package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"authgraph/app"
	"authgraph/config"
	"authgraph/internal/serverkit"
)

// commands are what the program does.
type commands struct {
	Serve   struct{} `cmd:"" default:"1" help:"Serve the API and the playground (the default)."`
	Migrate struct{} `cmd:"" help:"Create the database, or bring its schema up to date."`
	Vacuum  struct{} `cmd:"" help:"Rewrite the SQLite file, so that it holds nothing that was deleted by an older release."`
	Health  struct{} `cmd:"" help:"Ask the server at AUTHGRAPH_ADDR whether it is ready. Exits with 0 if it is, otherwise with 1."`
	Schema  struct {
		Print schemaOf    `cmd:"" default:"withargs" help:"Print the schema (SDL) for code generators (the default)."`
		Check checkSchema `cmd:"" help:"Compare a schema with one that clients rely on: what breaks, and for whom."`
	} `cmd:"" help:"Print the schema, or compare it with an older one."`
	User struct {
		Create createUser `cmd:"" help:"Make an account: this is how the first administrator comes to be."`
		List   struct{}   `cmd:"" help:"List all accounts."`
	} `cmd:"" help:"Make and list accounts."`
	Policy struct {
		Show    showPolicy    `cmd:"" help:"Show who may use which field."`
		Lock    lockFile      `cmd:"" help:"Write the rules down, so that a change of them shows in review."`
		Check   lockFile      `cmd:"" help:"Compare the rules with what is written down."`
		Explain explainPolicy `cmd:"" help:"Say which rule of a field decides for an account, and what is missing."`
	} `cmd:"" help:"The rules: who may use which field."`
	Operations struct {
		Check checkOperations `cmd:"" help:"Say what each operation of a manifest needs, and which one would break or need more than before."`
	} `cmd:"" help:"Operations that clients have stored."`
	Keys struct {
		List   struct{}  `cmd:"" help:"List the keys that sign access tokens, and the one of refresh tokens."`
		Rotate struct{}  `cmd:"" help:"Sign with the next key from now on; tokens of the present key stay valid."`
		Revoke revokeKey `cmd:"" help:"Make a key invalid, on every instance and at once."`
	} `cmd:"" help:"Keys that tokens are made with."`
	Secret struct {
		New    struct{} `cmd:"" help:"Print a new secret for AUTHGRAPH_SECRETS. Keep a copy apart from the backups of the database."`
		Reseal struct{} `cmd:"" help:"Seal again, with the first secret, what another one has sealed."`
	} `cmd:"" help:"Secrets that seal what the database keeps."`
	Audit struct {
		Verify verifyAudit `cmd:"" help:"Read the whole audit log and tell what was altered, removed or moved. Exits with 0 if it is sound, with 2 if it is not, and with 1 if that could not be found out."`
		Sign   signAudit   `cmd:"" help:"Read the whole audit log and, if nothing is wrong with it but that its end is not signed, sign that: once, for a log that a program from before has sealed in."`
	} `cmd:"" help:"The audit log."`
	Version struct{} `cmd:"" help:"Print the version, the commit and its date."`
}

// Run carries out one command line.
func Run(ctx context.Context, args, environ []string, in io.Reader, out, logs io.Writer) error {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("authgraph"), kong.Writers(out, logs),
		kong.Description("Accounts and authorization for GraphQL. Settings come from the environment: see docs/configuration.md."),
		kong.Exit(func(code int) { exited = code }))
	if err != nil {
		return err
	}
	if len(args) > 0 && args[0] == "help" { // as of go and git
		args = append(slices.Clone(args[1:]), "--help")
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return nil // --help has been printed
	}
	if err != nil {
		return fmt.Errorf("%w; see --help", err)
	}
	switch parsed.Command() {
	case "schema print":
		return c.Schema.Print.run(out)
	case "schema check <old>", "schema check <old> <new>":
		return c.Schema.Check.run(out)
	case "version":
		_, err = fmt.Fprintln(out, serverkit.Version())
		return err
	case "secret new":
		return newSecret(out)
	case "policy show":
		return c.Policy.Show.run(out)
	case "policy lock":
		return c.Policy.Lock.write()
	case "policy check":
		return c.Policy.Check.check(out)
	}
	settings, err := config.Load(environ)
	if err != nil {
		return err
	}
	switch parsed.Command() {
	case "operations check <files>":
		return c.Operations.Check.run(serverkit.DocumentLimits(settings), out)
	case "migrate":
		return migrate(ctx, settings, out, logs)
	case "vacuum":
		return vacuum(ctx, settings, out, logs)
	case "health":
		return health(ctx, settings, out)
	case "user create":
		return c.User.Create.run(ctx, settings, in, out, logs)
	case "user list":
		return listUsers(ctx, settings, out, logs)
	case "policy explain <field>":
		return c.Policy.Explain.run(ctx, settings, out, logs)
	case "keys list":
		return withKeys(ctx, settings, logs, func(k KeyCommand) error { return k.list(ctx, out) })
	case "keys rotate":
		return withKeys(ctx, settings, logs, func(k KeyCommand) error { return k.Rotate(ctx, out) })
	case "keys revoke <key>":
		return withKeys(ctx, settings, logs, func(k KeyCommand) error { return k.Revoke(ctx, c.Keys.Revoke.Key, out) })
	case "audit sign":
		return withKeys(ctx, settings, logs, func(k KeyCommand) error { return c.Audit.Sign.run(ctx, k, out) })
	case "audit verify":
		return withKeys(ctx, settings, logs, func(k KeyCommand) error { return c.Audit.Verify.run(ctx, k, out) })
	case "secret reseal":
		return withKeys(ctx, settings, logs, func(k KeyCommand) error { return k.reseal(ctx, out) })
	default:
		return app.Run(ctx, settings, out, logs)
	}
}

// Main runs the command line of the process and ends the process with its exit code.
func Main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process, whatever it still does
	if err := Run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(ExitCode(err))
	}
}

// ExitCode is 1 unless the error has a code of its own.
func ExitCode(err error) int {
	var own interface{ ExitCode() int }
	if errors.As(err, &own) {
		return own.ExitCode()
	}
	return 1
}
