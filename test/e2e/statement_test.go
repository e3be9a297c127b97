package e2e

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/config"
	"authgraph/db"
	"authgraph/db/dbtest"
	"authgraph/test/harness"
)

// tally records the statements of requests, without those of background jobs.
type tally struct {
	mu   sync.Mutex
	made []string
}

type talliedKey struct{}

func (c *tally) add(ctx context.Context, statement string, err error) {
	if ctx.Value(talliedKey{}) == nil || errors.Is(err, driver.ErrSkip) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, strings.Join(strings.Fields(statement), " "))
}

// during returns the statements that f makes.
func (c *tally) during(f func()) []string {
	c.mu.Lock()
	c.made = nil
	c.mu.Unlock()
	f()
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.made)
}

// connector makes connections whose statements are written down.
type connector struct {
	driver.Connector
	tally *tally
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &talliedConn{conn, c.tally}, nil
}

type talliedConn struct {
	driver.Conn
	tally *tally
}

func (c *talliedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	inner, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &talliedStmt{inner, c.tally, query}, nil
}

func (c *talliedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
	c.tally.add(ctx, query, err)
	return rows, err
}

func (c *talliedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	c.tally.add(ctx, query, err)
	return result, err
}

func (c *talliedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

func (c *talliedConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type talliedStmt struct {
	driver.Stmt
	tally *tally
	query string
}

func (s *talliedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	s.tally.add(ctx, s.query, err)
	return rows, err
}

func (s *talliedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	result, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	s.tally.add(ctx, s.query, err)
	return result, err
}

// tallied runs a test on a server of each database whose requests' statements are written down.
func tallied(t *testing.T, test func(t *testing.T, w *harness.Server, c *tally), environ ...string) {
	run := func(name string, open func(t *testing.T, o db.Option) *db.Store) {
		t.Run(name, func(t *testing.T) {
			c := &tally{}
			store := open(t, db.WithConnector(func(inner driver.Connector) driver.Connector { return connector{inner, c} }))
			w := harness.Start(t, store)
			w.App.LoadWait = 50 * time.Millisecond // so that a batch waits for all fields, however busy the machine is
			settings, err := config.Load(append([]string{"AUTHGRAPH_RATE_LIMITS=false"}, environ...))
			if err != nil {
				t.Fatal(err)
			}
			handler, err := w.App.Handler(settings, slog.New(slog.DiscardHandler), t.Context())
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewUnstartedServer(handler)
			server.Config.BaseContext = func(net.Listener) context.Context {
				return context.WithValue(context.Background(), talliedKey{}, true)
			}
			server.Start()
			t.Cleanup(server.Close)
			w.API = harness.API{BaseURL: server.URL, HTTP: server.Client()}
			test(t, w, c)
		})
	}
	run("SQLite", func(t *testing.T, o db.Option) *db.Store { return dbtest.OpenSQLite(t, dbtest.SQLite(t), o) })
	run("PostgreSQL", func(t *testing.T, o db.Option) *db.Store { return dbtest.OpenPostgres(t, dbtest.Postgres(t), o) })
}

// The policy asks no database, and neither does `me` of a cached account: a request makes the statements of its resolvers, whatever its rules are, and none where it
// is refused.
func TestStatements_Policy(t *testing.T) {
	t.Parallel()
	tallied(t, func(t *testing.T, w *harness.Server, c *tally) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		fields := make([]string, maxAsked)
		for i := range fields {
			fields[i] = []string{"Query.me", "Query.users", "User.email", "Mutation.suspendUser", "Session.id"}[i%5]
		}
		for _, row := range []struct {
			name, bearer, document string
			variables              map[string]any
			want                   int
			part                   string
		}{
			{"fields without rules", ada.Token, `{ me { id displayName createdAt } }`, nil, 0, `"id"`},
			{"fields with rules of all kinds", ada.Token, `{ me { id email emailConfirmed locale hasPassword roles permissions pendingEmail } }`, nil, 0, `"email"`},
			{"refused fields", ada.Token, `{ me { id suspendedAt } }`, nil, 0, `FORBIDDEN`},
			{"a refused root field", ada.Token, `{ users { totalCount edges { node { email } } } roles { name } policy { field } }`, nil, 0, `FORBIDDEN`},
			{"a refused change", ada.Token, `mutation { suspendUser(id: "user_01m85pwve3fzste6jxy89smjc7") { user { id } } }`, nil, 0, `FORBIDDEN`},
			{"nobody", "", `{ me { id } users { totalCount } node(id: "x") { id } }`, nil, 0, `UNAUTHENTICATED`},
			{"can", ada.Token, `query($f: [String!]!) { can(fields: $f) { allowed } }`, map[string]any{"f": fields}, 0, `"allowed":true`},
			{"can on an object", ada.Token, `query($f: [String!]!, $on: ID!) { can(fields: $f, on: $on) { allowed } }`,
				map[string]any{"f": fields, "on": ada.ID}, 1, `"allowed":true`},
			{"the policy", root, `{ policy { field anyOf { permissions } } }`, nil, 0, `"field"`},
		} {
			w.Query(t, row.bearer, row.document, row.variables) // the caller is cached from here on
			var got harness.Response
			made := c.during(func() { got = w.Query(t, row.bearer, row.document, row.variables) })
			made = slices.DeleteFunc(made, func(s string) bool { return strings.Contains(s, "audit_") }) // the record of the refusal
			if len(made) != row.want || !strings.Contains(got.Body, row.part) {
				t.Errorf("%s: %d statements, want %d: %q\n%s", row.name, len(made), row.want, made, got.Body)
			}
		}
	})
}

// maxAsked is the most fields that `can` takes.
const maxAsked = 100

// fewestStatements asks until the answer takes no more than enough statements, or often enough to be sure that it takes more, and
// returns the fewest: on a busy machine fields may come so far apart that one batch does not wait for all of them.
func fewestStatements(
	t *testing.T, w *harness.Server, c *tally, enough int, bearer, document string, variables map[string]any,
) (got harness.Response, minimum []string) {
	t.Helper()
	for i := range 5 {
		made := c.during(func() { got = w.Query(t, bearer, document, variables) })
		if i == 0 || len(made) < len(minimum) {
			minimum = made
		}
		if len(minimum) <= enough {
			break
		}
	}
	return got, minimum
}

// However many rows an answer has, it takes the same number of statements.
func TestStatements_Rows(t *testing.T) {
	t.Parallel()
	tallied(t, func(t *testing.T, w *harness.Server, c *tally) {
		root := w.Administrator(t, "root@example.com")
		var ids []any
		for i := range 50 {
			p := w.Register(t, fmt.Sprintf("user%d@example.com", i), harness.Password)
			for range 2 {
				w.Login(t, fmt.Sprintf("user%d@example.com", i), nil)
			}
			w.Impersonate(t, root, p.ID)
			ids = append(ids, p.ID, p.Session)
		}
		helper, _ := w.WithRole(t, root, "helper@example.com", "helper", account.UsersRead)
		for _, row := range []struct {
			name, document string
			variables      func(n int) map[string]any
		}{
			{"users", `query($n: Int!) { users(first: $n) { edges { node { id email roles permissions suspendedAt } } } }`,
				func(n int) map[string]any { return map[string]any{"n": n} }},
			{"their sessions", `query($n: Int!) { users(first: $n) { edges { node { id email roles
				sessions(first: 5) { edges { node { id current impersonator { id email } } } } } } } }`,
				func(n int) map[string]any { return map[string]any{"n": n} }},
			{"counted", `query($n: Int!) { users(first: $n) { totalCount edges { node { sessions(last: 2) { totalCount pageInfo { hasNextPage } edges { node { id } } } } } } }`,
				func(n int) map[string]any { return map[string]any{"n": n} }},
			{"nodes", `query($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { email roles sessions { edges { node { id impersonator { id } } } } }
				... on Session { ipAddress impersonator { email } } } }`,
				func(n int) map[string]any { return map[string]any{"ids": ids[:2*n]} }},
		} {
			for caller, bearer := range map[string]string{"root": root, "who may only read": helper} {
				counts := map[int]int{2: 3} // a page, the pages below it, and who is named in them
				var statements []string
				for _, n := range []int{2, 10, 50} {
					w.Query(t, bearer, row.document, row.variables(n))
					got, made := fewestStatements(t, w, c, counts[2], bearer, row.document, row.variables(n))
					if strings.Contains(got.Body, "errors") ||
						strings.Count(got.Body, `"id"`)+strings.Count(got.Body, `"totalCount"`) < n {
						t.Fatalf("%s of %d: %.300s", row.name, n, got.Body)
					}
					counts[n], statements = len(made), made
				}
				if counts[50] > counts[2] || counts[10] > counts[2] {
					t.Errorf("%s by %s: statements by rows: %v\n%s", row.name, caller, counts, strings.Join(statements, "\n"))
				} else if counts[2] == 0 || counts[2] > 8 {
					t.Errorf("%s by %s: statements by rows: %v\n%s", row.name, caller, counts, strings.Join(statements, "\n"))
				}
			}
		}
	})
}
