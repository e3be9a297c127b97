package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"authgraph/account"
	"authgraph/auth/password"
	"authgraph/internal/network"
	"authgraph/internal/prove"
	"authgraph/test/harness"
)

// Clients that never finish their headers, or their bodies, delay no other client. Connections without headers are dropped; a client that finishes a body
// late is answered.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	p := harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+t.TempDir())
	ada := p.Register(t, "ada@example.com", harness.Password)
	const clients = 50
	const body = `{"query":"{ authOptions { registration } }"}`
	var headers, bodies []*connection
	for range clients {
		h, b := dial(t, p), dial(t, p)
		h.send(t, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: a")
		b.send(t, fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			len(body), body[:9]))
		headers, bodies = append(headers, h), append(bodies, b)
	}
	p.CheckLogin(t, "ada@example.com")
	for n, b := range bodies {
		b.send(t, body[9:])
		response := b.receive(t)
		text, err := io.ReadAll(response.Body)
		if want := `{"data":{"authOptions":{"registration":true}}}`; err != nil || string(text) != want {
			t.Errorf("body %d, finished late: got %d %s, %v", n, response.StatusCode, text, err)
		}
	}
	for n, h := range headers { // the deadline of the connection is a minute, the server's is less
		if _, err := io.Copy(io.Discard, h.reader); err != nil && !errors.Is(err, syscall.ECONNRESET) {
			t.Fatalf("headers %d, never finished: %v", n, err)
		}
	}
	if got := p.Query(t, ada.Token, `{ me { email } }`, nil); got.Body != `{"data":{"me":{"email":"ada@example.com"}}}` {
		t.Errorf("afterwards: %s", got.Body)
	}
}

// Ten thousand connections are open and idle: 1,000 here, 10,000 by bench/prove, and no more than the limit of open files allows.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	n := min(prove.Size(1000, 10_000), int(files.Cur)-500)
	p := harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+t.TempDir(), "AUTHGRAPH_MEMORY=2147483648")
	ada := p.Register(t, "ada@example.com", harness.Password)
	idle := make([]*connection, n)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := worker; i < n; i += 8 {
				c, err := net.Dial("tcp", p.Address)
				if err != nil {
					t.Errorf("connection %d: %v", i, err)
					return
				}
				idle[i] = &connection{c, bufio.NewReaderSize(c, 16)}
				if err := idle[i].health(); err != nil {
					t.Errorf("connection %d: %v", i, err)
				}
			}
		})
	}
	all.Wait()
	defer func() {
		for _, c := range idle {
			if c != nil {
				_ = c.Close()
			}
		}
	}()
	if t.Failed() {
		return
	}
	t.Logf("%d connections are idle", n)
	p.CheckLogin(t, "ada@example.com")
	if got := p.Query(t, ada.Token, `{ me { email } }`, nil); got.Body != `{"data":{"me":{"email":"ada@example.com"}}}` {
		t.Errorf("beside them: %s", got.Body)
	}
	for _, i := range []int{0, n / 2, n - 1} { // they are served as well, when they ask
		if err := idle[i].health(); err != nil {
			t.Errorf("connection %d, once more: %v", i, err)
		}
	}
}

// health asks whether the server is there, and leaves the connection open.
func (c *connection) health() error {
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	return response.Body.Close()
}

// Ten megabytes of brackets are refused by every way in, whether the limit of a body lets them through or not.
func TestBrackets(t *testing.T) {
	t.Parallel()
	brackets := strings.Repeat("[", 10<<20)
	for name, environ := range map[string][]string{"as it is set": nil, "a body may be that large": {"AUTHGRAPH_BODY_LIMIT=16777216", "AUTHGRAPH_MEMORY=8589934592"}} {
		t.Run(name, func(t *testing.T) {
			w := harness.StartSQLite(t, environ...)
			ada := w.Register(t, "ada@example.com", harness.Password)
			for place, body := range map[string]string{
				"the body": brackets, "the document": `{"query":"` + brackets + `"}`, "an argument": `{"query":"{ node(id: ` + brackets + `) { id } }"}`,
				"a variable": `{"query":"query($i: ID!) { node(id: $i) { id } }","variables":{"i":` + brackets + strings.Repeat("]", len(brackets)) + `}}`,
			} {
				got := w.Do(t, http.MethodPost, "/graphql", body, nil)
				refused := strings.Contains(got.Body, `"LIMIT_EXCEEDED"`) || strings.Contains(got.Body, `"BAD_REQUEST"`) ||
					strings.Contains(got.Body, `"GRAPHQL_PARSE_FAILED"`)
				if !refused || got.Status == http.StatusInternalServerError || len(got.Body) > 1000 {
					t.Errorf("%s: got %d %.300s", place, got.Status, got.Body)
				}
			}
			c := w.Connect(t, ada.Token)
			payload, err := json.Marshal(map[string]string{"query": brackets})
			if err != nil {
				t.Fatal(err)
			}
			_ = c.Write(c.Context, 1, []byte(`{"id":"1","type":"subscribe","payload":`+string(payload)+`}`)) // it may close before the end
			_, said, err := c.Read(c.Context)
			if tooLarge := environ == nil; tooLarge && websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
				t.Errorf("the socket: got %.300s, %v, want the close code %d", said, err, websocket.StatusMessageTooBig)
			} else if !tooLarge && !strings.Contains(string(said), `"GRAPHQL_PARSE_FAILED"`) {
				t.Errorf("the socket: got %.300s, %v, want GRAPHQL_PARSE_FAILED", said, err)
			}
			if !w.TokenValid(t, ada.Token) {
				t.Error("afterwards it does not serve")
			}
		})
	}
}

// Fifty logins in one document are refused on every transport. The permitted number is evaluated, one hash each.
func TestAliases_Hashes(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	w.Register(t, "ada@example.com", harness.Password)
	const login = `login(input: {email: "ada@example.com", password: "not it, whatever"}) { tokenType }`
	c := w.Connect(t, w.Register(t, "bob@example.com", harness.Password).Token)
	fifty, four := `mutation {`+aliases(50, login)+`}`, `mutation {`+aliases(4, login)+`}`
	ways := []struct {
		name string
		try  func(document string) string
	}{
		{"GET", func(d string) string {
			return w.Do(t, http.MethodGet, "/graphql?query="+url.QueryEscape(d), "", nil).Body
		}},
		{"POST", func(d string) string { return w.Query(t, "", d, nil).Body }},
		{"server-sent events", func(d string) string { return eventAnswer(t, w, "", d) }},
		{"WebSocket", func(d string) string {
			kind := "next"
			if d == fifty {
				kind = "error"
			}
			return socketAnswer(t, c, kind, d)
		}},
	}
	for _, way := range ways {
		before := w.Hashed(t)
		if got := way.try(fifty); !strings.Contains(got, `"LIMIT_EXCEEDED"`) ||
			strings.Contains(got, "INVALID_CREDENTIALS") || w.Hashed(t) != before {
			t.Errorf("%s: fifty made %d hashes, and got %.300s", way.name, w.Hashed(t)-before, got)
		}
		if way.name == "GET" { // which serves no mutation at all
			continue
		}
		if got := way.try(four); strings.Count(got, `"INVALID_CREDENTIALS"`) != 4 || w.Hashed(t) != before+4 {
			t.Errorf("%s: four made %d hashes, and got %.300s", way.name, w.Hashed(t)-before, got)
		}
	}
	w.Register(t, "eve@example.com", harness.Password)
}

// A full queue says the same of an account, of none, and of one whose hash is dearer than the setting, as those that were brought from
// elsewhere are. Nothing is hashed for any of them.
func TestOverload_Costs(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		imported := w.Register(t, "imported@example.com", harness.Password)
		checkDearer(t, w, imported.ID, "imported@example.com")
		attempt := func(email string) harness.Response {
			return w.Query(t, "", harness.LoginDocument, map[string]any{"i": map[string]any{"email": email, "password": harness.Password}})
		}
		empty := w.FillQueue(t)
		before, first := w.Hashed(t), attempt("ada@example.com")
		for _, email := range []string{"ada@example.com", "nobody@example.com", "imported@example.com"} {
			if got := attempt(email); !strings.Contains(got.Body, `"OVERLOADED"`) || got.Body != first.Body {
				t.Errorf("%s: got %d %s, and the first got %d %s", email, got.Status, got.Body, first.Status, first.Body)
			} else if got.Status != first.Status || got.Header.Get("Retry-After") != first.Header.Get("Retry-After") {
				t.Errorf("%s: got %d %s, and the first got %d %s", email, got.Status, got.Body, first.Status, first.Body)
			}
		}
		if got := w.Hashed(t); got != before {
			t.Errorf("%d were hashed", got-before)
		}
		empty()
		for email, want := range map[string]string{
			"ada@example.com": `"accessToken":"`, "nobody@example.com": `"INVALID_CREDENTIALS"`, "imported@example.com": `"accessToken":"`,
		} {
			if got := attempt(email); !strings.Contains(got.Body, want) {
				t.Errorf("afterwards %s: got %s", email, got.Body)
			}
		}
	})
}

// checkDearer puts a hash of the same password in place of an account's that costs eight times as much.
func checkDearer(t *testing.T, w *harness.Server, id, email string) {
	t.Helper()
	hasher, err := password.New(password.MinCost, password.WithInsecureCost(7), password.WithPatience(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	ticket, err := hasher.Admit(network.Path{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ticket.Leave()
	hash, err := ticket.Hash(t.Context(), harness.Password)
	if err != nil {
		t.Fatal(err)
	}
	var store account.Store = w.App.Store
	was, err := store.CredentialByEmailKey(context.WithoutCancel(t.Context()), email)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.ReplacePasswordHash(t.Context(), id, was.PasswordHash, hash); err != nil {
		t.Fatal(err)
	}
}
