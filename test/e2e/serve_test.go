package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"authgraph/config"
	"authgraph/db/dbtest"
	"authgraph/internal/serverkit"
	"authgraph/test/harness"
)

// SIGTERM closes the door, lets what has begun finish, and ends the program without an error.
func TestServe_Drain(t *testing.T) {
	t.Parallel()
	p := harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+t.TempDir())
	busy := dial(t, p)
	const body = `{"query":"{ authOptions { registration } }"}`
	busy.send(t, fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", p.Address, len(body)))
	// The server says so when the handler reads the body: the request is in flight.
	if response := busy.receive(t); response.StatusCode != http.StatusContinue {
		t.Fatalf("got %d, want 100", response.StatusCode)
	}

	p.Terminate(t)
	awaitClosed(t, p)
	select {
	case <-p.Ended:
		t.Fatal("it ended with a request in flight")
	default:
	}
	busy.send(t, body)
	response := busy.receive(t)
	text, err := io.ReadAll(response.Body)
	if want := `{"data":{"authOptions":{"registration":true}}}`; err != nil || string(text) != want {
		t.Errorf("the request in flight got %d %s, %v, want %s", response.StatusCode, text, err, want)
	}
	if code, logs := p.Wait(t); code != 0 || strings.Contains(logs, `"level":"ERROR"`) {
		t.Errorf("it ended with code %d and said %s", code, logs)
	}
}

// While the server drains it takes no connections, so that only what came before can see that it is not ready.
func TestHandler_NotReadyWhileDraining(t *testing.T) {
	t.Parallel()
	settings, err := config.Load([]string{"AUTHGRAPH_DATA_DIR=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	app, err := serverkit.Open(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	defer app.Close(log)
	running, stop := context.WithCancel(t.Context())
	defer stop()
	handler, err := app.Handler(settings, log, running)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{http.StatusOK, http.StatusServiceUnavailable} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost/readyz", nil))
		if answer.Code != want {
			t.Errorf("got %d, want %d", answer.Code, want)
		}
		stop()
	}
}

// connection is one that the test writes byte by byte.
type connection struct {
	net.Conn
	reader *bufio.Reader
}

func dial(t *testing.T, p *harness.Program) *connection {
	t.Helper()
	c, err := net.Dial("tcp", p.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return &connection{c, bufio.NewReader(c)}
}

func (c *connection) send(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func (c *connection) receive(t *testing.T) *http.Response {
	t.Helper()
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// awaitClosed returns when the program takes no new connection.
func awaitClosed(t *testing.T, p *harness.Program) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		c, err := net.Dial("tcp", p.Address)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if err == nil {
			_ = c.Close()
		}
	}
	t.Fatal("it takes new connections a minute after SIGTERM")
}

func TestServe_PostgreSQL(t *testing.T) {
	t.Parallel()
	database := "DATABASE_URL=" + dbtest.Postgres(t)
	p := harness.LaunchProgram(t, database)
	if p.Address != "" {
		t.Fatal("it serves without secrets")
	}
	code, logs := p.Wait(t)
	if code == 0 {
		t.Error("without secrets it ends without an error")
	}
	for _, want := range []string{
		"AUTHGRAPH_SECRETS is not set", "`authgraph secret new`", "every instance gets the same",
	} {
		if !strings.Contains(logs, want) {
			t.Errorf("without secrets it says %q, want in it %q", logs, want)
		}
	}

	secret, err := harness.Command(t, "", nil, "secret", "new")
	if err != nil {
		t.Fatal(err)
	}
	secrets := "AUTHGRAPH_SECRETS=" + strings.TrimSpace(secret)
	first, second := harness.StartProgram(t, database, secrets), harness.StartProgram(t, database, secrets)
	ada := first.Register(t, "ada@example.com", harness.Password)
	second.CheckLogin(t, "ada@example.com")
	// They sign with one key and know one another's sessions.
	if got := second.Query(t, ada.Token, `{ me { id } }`, nil); got.Body != `{"data":{"me":{"id":"`+ada.ID+`"}}}` {
		t.Errorf("the token of one instance got %s from the other", got.Body)
	}
	for _, p := range []*harness.Program{first, second} {
		p.Terminate(t)
		if code, logs := p.Wait(t); code != 0 || strings.Contains(logs, harness.Password) || strings.Contains(logs, secret[10:]) {
			t.Errorf("it ended with code %d and said %s", code, logs)
		}
	}
}

// A SQLite file is served by one process; the next one may serve it when the first has ended, and knows the accounts.
func TestServe_SecondOnSQLite(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+data)
	second := harness.LaunchProgram(t, "AUTHGRAPH_DATA_DIR="+data)
	if second.Address != "" {
		t.Fatal("two serve one file")
	}
	want := "another server serves " + data
	if code, logs := second.Wait(t); code == 0 || !strings.Contains(logs, want) {
		t.Errorf("the second ended with code %d and said %q, want a code and %q", code, logs, want)
	}
	first.Register(t, "ada@example.com", harness.Password)
	first.CheckLogin(t, "ada@example.com")
	first.Terminate(t)
	if code, logs := first.Wait(t); code != 0 {
		t.Errorf("the first ended with code %d and said %s", code, logs)
	}
	harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+data).CheckLogin(t, "ada@example.com")
}
