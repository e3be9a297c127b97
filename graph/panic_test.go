package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph"
	"authgraph/graph/document"
)

// secret is what must show neither in an answer nor in the log.
const secret = "correct-horse-battery-staple"

// faulty is a Store and an Authenticator, each of which may panic.
type faulty struct {
	account.Store
	onUsers, onToken any // the value of the panic; nil: no panic
}

func (f *faulty) UsersByID(_ context.Context, ids []string) ([]*account.User, error) {
	if f.onUsers != nil {
		panic(f.onUsers)
	}
	return []*account.User{{ID: ids[0]}}, nil
}

func (f *faulty) Authenticate(context.Context, string) (*auth.Principal, error) {
	if f.onToken != nil {
		panic(f.onToken)
	}
	return &auth.Principal{Subject: "user_1", Session: "session_1", Assurance: auth.SingleFactor}, nil
}

func (f *faulty) Ping(context.Context) error { panic(secret) }

// held is a lease that nothing takes away.
type held struct{}

func (held) Held() bool { return true }

// serve returns the whole surface over f, and its log, which is to be read when the server is closed.
func serve(t *testing.T, f *faulty) (*httptest.Server, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	logger := slog.New(slog.NewJSONHandler(log, nil))
	handler, err := graph.New(graph.Options{
		Accounts: account.New(f, nil, nil, nil, nil, account.Settings{}), Reader: f, Authenticator: f,
		Memory: account.NewSessionCache(f, held{}, 10),
		Keys:   func(context.Context) ([]auth.Key, error) { return nil, nil }, Ping: f.Ping,
		Playground: http.HandlerFunc(halfway), BodyLimit: 1 << 20, InFlight: 512 << 20, Values: 2000, Documents: document.Limits{Tokens: 1000, Depth: 10, Fields: 100, Aliases: 10, Directives: 10, Mutations: 4, Comparisons: 1000, Cost: 1000}, RequestTimeout: time.Minute,
		Log: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = slog.NewLogLogger(logger.Handler(), slog.LevelWarn)
	server.Start()
	t.Cleanup(server.Close)
	return server, log
}

// halfway panics when a part of its answer is on the way.
func halfway(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("half"))
	_ = http.NewResponseController(w).Flush()
	panic(secret)
}

func post(t *testing.T, url, accept string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/graphql",
		strings.NewReader(`{"query":"{ a: me { id } b: me { id } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", accept)
	request.Header.Set("Authorization", "Bearer "+secret)
	return send(t, request)
}

func send(t *testing.T, request *http.Request) (*http.Response, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestPanic(t *testing.T) {
	const newer = "application/graphql-response+json"
	for _, row := range []struct {
		name, accept     string
		onUsers, onToken any
		status           int
		errors           int
		want, logged     string
	}{
		{name: "in two resolvers", accept: newer, onUsers: "no " + secret, status: 200, errors: 2,
			want: `"data":{"a":null,"b":null}`, logged: `"cause":"string"`},
		{name: "in two resolvers, with an error", accept: newer, onUsers: errors.New("the index is out of range"),
			status: 200, errors: 2, want: `"data":{"a":null,"b":null}`, logged: `"cause":"the index is out of range"`},
		{name: "in the authenticator", accept: newer, onToken: "no " + secret, status: 500, errors: 1,
			want: `{"errors":[`, logged: `"cause":"string"`},
		{name: "in the authenticator, older media type", accept: "application/json", onToken: struct{ token string }{secret},
			status: 500, errors: 1, want: `{"errors":[`, logged: `"cause":"struct`},
		{name: "in the authenticator, for a client that takes neither", accept: "text/html", onToken: "no " + secret,
			status: 500, errors: 1, want: `{"errors":[`, logged: `"cause":"string"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := &faulty{onUsers: row.onUsers, onToken: row.onToken}
			server, log := serve(t, f)
			response, body := post(t, server.URL, row.accept)
			media, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
			if response.StatusCode != row.status || row.accept != "text/html" && media != row.accept {
				t.Errorf("got %d %s %s, want %d %s", response.StatusCode, media, body, row.status, row.want)
			} else if !strings.Contains(body, row.want) || strings.Contains(body, "data") != (row.status == 200) {
				t.Errorf("got %d %s %s, want %d %s", response.StatusCode, media, body, row.status, row.want)
			}
			checkInternal(t, response, body, row.errors)

			f.onUsers, f.onToken = nil, nil
			if _, body := post(t, server.URL, newer); body != `{"data":{"a":{"id":"user_1"},"b":{"id":"user_1"}}}` {
				t.Errorf("the next request got %s", body)
			}
			server.Close()
			for _, want := range []string{row.logged, `"stack":"goroutine`, response.Header.Get("X-Request-Id"), `"INTERNAL"`} {
				if !strings.Contains(log.String(), want) {
					t.Errorf("the log lacks %s: %s", want, log)
				}
			}
			if strings.Contains(log.String(), secret) {
				t.Errorf("the log shows the secret: %s", log)
			}
		})
	}
}

// checkInternal checks that every error of a response shows only what an anonymous client may read of a panic.
func checkInternal(t *testing.T, response *http.Response, body string, count int) {
	t.Helper()
	var got struct {
		Errors []struct {
			Message    string
			Extensions map[string]any
		}
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || len(got.Errors) != count {
		t.Fatalf("got %s, %v, want %d errors", body, err, count)
	}
	id := response.Header.Get("X-Request-Id")
	for _, e := range got.Errors {
		if e.Message != "Internal server error; the requestId names it in the log" || len(e.Extensions) != 2 || e.Extensions["code"] != "INTERNAL" {
			t.Errorf("got %+v, want INTERNAL with request id %q and nothing else", e, id)
		} else if e.Extensions["requestId"] != id || id == "" {
			t.Errorf("got %+v, want INTERNAL with request id %q and nothing else", e, id)
		}
	}
}

func TestPanic_OutsideOfGraphQL(t *testing.T) {
	server, log := serve(t, &faulty{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, body := send(t, request)
	if response.StatusCode != http.StatusInternalServerError {
		t.Errorf("got %d, want 500", response.StatusCode)
	}
	checkInternal(t, response, body, 1)

	// A response that has begun ends like a broken connection, so that the client does not take it for complete.
	response, err = http.Get(server.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if half, err := io.ReadAll(response.Body); err == nil || string(half) != "half" {
		t.Errorf("got %q, %v, want half of an answer and an error", half, err)
	}
	server.Close()
	if strings.Contains(log.String(), secret) {
		t.Errorf("the log shows the secret: %s", log)
	}
}
