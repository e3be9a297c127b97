package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// onABudget is a server on which an anonymous client may use the least work that can be set.
var onABudget = []string{"AUTHGRAPH_RATE_LIMITS=true", "AUTHGRAPH_TRUSTED_PROXIES=127.0.0.1", "AUTHGRAPH_ANONYMOUS_WORK=120000"}

// dear is a document that takes 6,030 of work, more for what reading it takes.
func dear() string {
	return `query($f: [String!]!) { ` + aliases(30, `can(fields: $f) { field }`) + ` }`
}

func hundredFields() map[string]any {
	fields := make([]string, 100)
	for i := range fields {
		fields[i] = "Query.me"
	}
	return map[string]any{"f": fields}
}

// useUp has a client use up its budget, first with dear queries and then with what is hardly counted. It returns the refusal
// of a dear query.
func useUp(t *testing.T, w *harness.Server, from string) (refused harness.Response) {
	t.Helper()
	until := func(document string, variables any) harness.Response {
		for range 200 {
			got := askFrom(t, w, from, document, variables, nil)
			if strings.Contains(got.Body, `"code":"RATE_LIMITED"`) {
				return got
			}
			if !strings.HasPrefix(got.Body, `{"data":{"a`) {
				t.Fatalf("got %.300s, want an answer", got.Body)
			}
		}
		t.Fatal("200 queries were answered, want RATE_LIMITED")
		return harness.Response{}
	}
	refused = until(dear(), hundredFields())
	until(`{ authOptions { password } }`, hundredFields())
	return refused
}

// askFrom sends a query from an address.
func askFrom(t *testing.T, w *harness.Server, from, document string, variables any, more http.Header) harness.Response {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"X-Forwarded-For": {from}}
	for name, values := range more {
		header[name] = values
	}
	return w.Do(t, http.MethodPost, "/graphql", string(body), header)
}

// TestAnonymous_Budget proves that a client that has used up the budget of anonymous clients is RATE_LIMITED by whatever way
// it comes, that sign-ins, cheap queries and other networks are served, and that no answer says that a session has ended.
func TestAnonymous_Budget(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, onABudget...)
	const from = "192.0.2.1"
	ada := w.Register(t, "ada@example.com", harness.Password)
	refused := useUp(t, w, from)
	seconds, _ := strconv.Atoi(refused.Header.Get("Retry-After"))
	if refused.Status != http.StatusTooManyRequests || seconds < 1 {
		t.Errorf("got %d, Retry-After %d, %s; want 429 and retryAfter", refused.Status, seconds, refused.Body)
	} else if seconds > 60 || !strings.Contains(refused.Body, fmt.Sprintf(`"retryAfter":%d`, seconds)) {
		t.Errorf("got %d, Retry-After %d, %s; want 429 and retryAfter", refused.Status, seconds, refused.Body)
	}

	hash := sha256.Sum256([]byte(dear()))
	named := map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hex.EncodeToString(hash[:])}}
	encoded := func(value any) string {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	get := "/graphql?" + url.Values{"query": {dear()}, "variables": {encoded(hundredFields())}}.Encode()
	persisted := encoded(map[string]any{"query": dear(), "extensions": named, "variables": hundredFields()})
	renewed := `{ me { id ` + strings.Repeat("email ", 50) + `} }`
	header := http.Header{"X-Forwarded-For": {from}}
	for name, got := range map[string]harness.Response{
		"GET":                      w.Do(t, http.MethodGet, get, "", header),
		"a persisted query":        w.Do(t, http.MethodPost, "/graphql", persisted, header),
		"server-sent events":       askFrom(t, w, from, dear(), hundredFields(), http.Header{"Accept": {"text/event-stream"}}),
		"introspection":            askFrom(t, w, from, `{ __schema { types { name fields { name description } } } }`, nil, nil),
		"a document read anew":     askFrom(t, w, from, renewed, nil, nil),
		"many values":              askFrom(t, w, from, `{ authOptions { password } }`, hundredFields(), nil),
		"with an invalid token":    askFrom(t, w, from, dear(), hundredFields(), http.Header{"Authorization": {"Bearer no.such.token"}}),
		"graphql-response":         askFrom(t, w, from, dear(), hundredFields(), http.Header{"Accept": {"application/graphql-response+json"}}),
		"another address, its own": useUp(t, w, "192.0.2.2"),
	} {
		if got.Status != http.StatusTooManyRequests || !strings.Contains(got.Body, `"code":"RATE_LIMITED"`) ||
			strings.Contains(got.Body, "UNAUTHENTICATED") {
			t.Errorf("%s: got %d %.200s, want 429 RATE_LIMITED", name, got.Status, got.Body)
		}
	}
	c := w.Dial(t, header)
	c.Send(t, harness.Message{Type: "connection_init"})
	if m := c.Next(t); m.Type != "connection_ack" {
		t.Fatalf("got %+v, want connection_ack", m)
	}
	c.Send(t, harness.Message{ID: "1", Type: "subscribe", Payload: json.RawMessage(encoded(map[string]any{"query": dear(), "variables": hundredFields()}))})
	if m := c.Next(t); m.Type != "error" || !strings.Contains(string(m.Payload), `"code":"RATE_LIMITED"`) {
		t.Errorf("a socket: got %s %.200s, want RATE_LIMITED", m.Type, m.Payload)
	}
	c.Send(t, harness.Message{ID: "2", Type: "subscribe", Payload: json.RawMessage(encoded(map[string]any{"query": renewed}))})
	if m := c.Next(t); m.Type != "error" || !strings.Contains(string(m.Payload), `"code":"RATE_LIMITED"`) {
		t.Errorf("a document read anew for a socket: got %s %.200s, want RATE_LIMITED", m.Type, m.Payload)
	}

	bearer := http.Header{"Authorization": {"Bearer " + ada.Token}}
	for name, row := range map[string]struct {
		got  harness.Response
		want string
	}{
		"a signed-in caller":           {askFrom(t, w, from, dear(), hundredFields(), bearer), `"a29":`},
		"a signed-in caller's reading": {askFrom(t, w, from, renewed, nil, bearer), `"email":`},
		"sign-in":                      {w.LoginFrom(t, from, "ada@example.com", harness.Password, nil), `"accessToken"`},
		"a sign-in form":               {askFrom(t, w, from, `{ authOptions { registration password } }`, nil, nil), `"registration":true`},
		"can, for a page":              {askFrom(t, w, from, `{ can(fields: ["Query.me", "Mutation.login"]) { field allowed } }`, nil, nil), `"allowed":true`},
		"a guarded field":              {askFrom(t, w, from, `{ me { sessions(first: 100) { edges { node { id createdAt } } } } }`, nil, nil), `"reason":"TOKEN_MISSING"`},
		"an expired token":             {askFrom(t, w, from, `{ me { id } }`, nil, http.Header{"Authorization": {"Bearer no.such.token"}}), `"code":"UNAUTHENTICATED"`},
		"another network":              {askFrom(t, w, "198.51.100.1", dear(), hundredFields(), nil), `"a29":`},
	} {
		if !strings.Contains(row.got.Body, row.want) {
			t.Errorf("%s: got %d %.200s, want %s", name, row.got.Status, row.got.Body, row.want)
		}
	}
}

// TestAnonymous_Mutations proves that documents of mutations have a budget of their own, above which they are not read, and
// that a login whose document is known is served all the same.
func TestAnonymous_Mutations(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, onABudget...)
	const from = "192.0.2.1"
	w.Register(t, "ada@example.com", harness.Password)
	if got := w.LoginFrom(t, "192.0.2.2", "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, `"accessToken"`) {
		t.Fatalf("login answered %s", got.Body)
	}
	useUp(t, w, from)
	for n := range 13 {
		got := askFrom(t, w, from, fmt.Sprintf("# %d\nmutation { nothing } # %s", n, strings.Repeat("x", 10_000)), nil, nil)
		if want := map[bool]string{true: "GRAPHQL_VALIDATION_FAILED", false: "RATE_LIMITED"}[n < 12]; !strings.Contains(got.Body, want) {
			t.Fatalf("document %d: got %.200s, want %s", n, got.Body, want)
		}
	}
	if got := w.LoginFrom(t, from, "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, `"accessToken"`) {
		t.Errorf("login: got %d %.200s, want a session", got.Status, got.Body)
	}
}

// TestAnonymous_Hashing proves that anonymous work is served while passwords wait to be hashed, and that a signed-in caller
// does not wait for it.
func TestAnonymous_Hashing(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	defer w.FillQueue(t)()
	if !w.App.Hashing() {
		t.Fatal("passwords wait, and the server does not know")
	}
	for range 3 {
		if got := w.Query(t, "", dear(), hundredFields()); !strings.Contains(got.Body, `"a29":`) {
			t.Errorf("got %.200s, want an answer", got.Body)
		}
	}
	if got := w.Query(t, ada.Token, dear(), hundredFields()); !strings.Contains(got.Body, `"a29":`) {
		t.Errorf("signed in: got %.200s, want an answer", got.Body)
	}
}
