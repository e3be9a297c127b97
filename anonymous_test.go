package main

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
func (w *world) useUp(t *testing.T, from string) (refused answer) {
	t.Helper()
	until := func(document string, variables any) answer {
		for range 200 {
			got := w.askFrom(t, from, document, variables, nil)
			if strings.Contains(got.body, `"code":"RATE_LIMITED"`) {
				return got
			}
			if !strings.HasPrefix(got.body, `{"data":{"a`) {
				t.Fatalf("got %.300s, want an answer", got.body)
			}
		}
		t.Fatal("200 queries were answered, want RATE_LIMITED")
		return answer{}
	}
	refused = until(dear(), hundredFields())
	until(`{ authOptions { password } }`, hundredFields())
	return refused
}

// askFrom sends a query from an address.
func (w *world) askFrom(t *testing.T, from, document string, variables any, more http.Header) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"X-Forwarded-For": {from}}
	for name, values := range more {
		header[name] = values
	}
	return w.do(t, http.MethodPost, "/graphql", string(body), header)
}

// TestAnonymous_Budget proves that a client that has used up the budget of anonymous clients is RATE_LIMITED by whatever way
// it comes, that sign-ins, cheap queries and other networks are served, and that no answer says that a session has ended.
func TestAnonymous_Budget(t *testing.T) {
	w := onSQLite(t, onABudget...)
	const from = "192.0.2.1"
	ada := w.register(t, "ada@example.com", pass)
	refused := w.useUp(t, from)
	seconds, _ := strconv.Atoi(refused.header.Get("Retry-After"))
	if refused.status != http.StatusTooManyRequests || seconds < 1 || seconds > 60 || !strings.Contains(refused.body, fmt.Sprintf(`"retryAfter":%d`, seconds)) {
		t.Errorf("got %d, Retry-After %d, %s; want 429 and retryAfter", refused.status, seconds, refused.body)
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
	anew := `{ me { id ` + strings.Repeat("email ", 50) + `} }`
	header := http.Header{"X-Forwarded-For": {from}}
	for name, got := range map[string]answer{
		"GET":                      w.do(t, http.MethodGet, get, "", header),
		"a persisted query":        w.do(t, http.MethodPost, "/graphql", persisted, header),
		"server-sent events":       w.askFrom(t, from, dear(), hundredFields(), http.Header{"Accept": {"text/event-stream"}}),
		"introspection":            w.askFrom(t, from, `{ __schema { types { name fields { name description } } } }`, nil, nil),
		"a document read anew":     w.askFrom(t, from, anew, nil, nil),
		"many values":              w.askFrom(t, from, `{ authOptions { password } }`, hundredFields(), nil),
		"with an invalid token":    w.askFrom(t, from, dear(), hundredFields(), http.Header{"Authorization": {"Bearer no.such.token"}}),
		"graphql-response":         w.askFrom(t, from, dear(), hundredFields(), http.Header{"Accept": {"application/graphql-response+json"}}),
		"another address, its own": w.useUp(t, "192.0.2.2"),
	} {
		if got.status != http.StatusTooManyRequests || !strings.Contains(got.body, `"code":"RATE_LIMITED"`) || strings.Contains(got.body, "UNAUTHENTICATED") {
			t.Errorf("%s: got %d %.200s, want 429 RATE_LIMITED", name, got.status, got.body)
		}
	}
	c := w.dial(t, header)
	c.send(t, message{Type: "connection_init"})
	if m := c.next(t); m.Type != "connection_ack" {
		t.Fatalf("got %+v, want connection_ack", m)
	}
	c.send(t, message{ID: "1", Type: "subscribe", Payload: json.RawMessage(encoded(map[string]any{"query": dear(), "variables": hundredFields()}))})
	if m := c.next(t); m.Type != "error" || !strings.Contains(string(m.Payload), `"code":"RATE_LIMITED"`) {
		t.Errorf("a socket: got %s %.200s, want RATE_LIMITED", m.Type, m.Payload)
	}
	c.send(t, message{ID: "2", Type: "subscribe", Payload: json.RawMessage(encoded(map[string]any{"query": anew}))})
	if m := c.next(t); m.Type != "error" || !strings.Contains(string(m.Payload), `"code":"RATE_LIMITED"`) {
		t.Errorf("a document read anew for a socket: got %s %.200s, want RATE_LIMITED", m.Type, m.Payload)
	}

	bearer := http.Header{"Authorization": {"Bearer " + ada.token}}
	for name, row := range map[string]struct {
		got  answer
		want string
	}{
		"a signed-in caller":           {w.askFrom(t, from, dear(), hundredFields(), bearer), `"a29":`},
		"a signed-in caller's reading": {w.askFrom(t, from, anew, nil, bearer), `"email":`},
		"sign-in":                      {w.attempt(t, from, "ada@example.com", pass, nil), `"accessToken"`},
		"a sign-in form":               {w.askFrom(t, from, `{ authOptions { registration password } }`, nil, nil), `"registration":true`},
		"can, for a page":              {w.askFrom(t, from, `{ can(fields: ["Query.me", "Mutation.login"]) { field allowed } }`, nil, nil), `"allowed":true`},
		"a guarded field":              {w.askFrom(t, from, `{ me { sessions(first: 100) { edges { node { id createdAt } } } } }`, nil, nil), `"reason":"TOKEN_MISSING"`},
		"an expired token":             {w.askFrom(t, from, `{ me { id } }`, nil, http.Header{"Authorization": {"Bearer no.such.token"}}), `"code":"UNAUTHENTICATED"`},
		"another network":              {w.askFrom(t, "198.51.100.1", dear(), hundredFields(), nil), `"a29":`},
	} {
		if !strings.Contains(row.got.body, row.want) {
			t.Errorf("%s: got %d %.200s, want %s", name, row.got.status, row.got.body, row.want)
		}
	}
}

// TestAnonymous_Mutations proves that documents of mutations have a budget of their own, above which they are not read, and
// that a login whose document is known is served all the same.
func TestAnonymous_Mutations(t *testing.T) {
	w := onSQLite(t, onABudget...)
	const from = "192.0.2.1"
	w.register(t, "ada@example.com", pass)
	if got := w.attempt(t, "192.0.2.2", "ada@example.com", pass, nil); !strings.Contains(got.body, `"accessToken"`) {
		t.Fatalf("login answered %s", got.body)
	}
	w.useUp(t, from)
	for n := range 13 {
		got := w.askFrom(t, from, fmt.Sprintf("# %d\nmutation { nothing } # %s", n, strings.Repeat("x", 10_000)), nil, nil)
		if want := map[bool]string{true: "GRAPHQL_VALIDATION_FAILED", false: "RATE_LIMITED"}[n < 12]; !strings.Contains(got.body, want) {
			t.Fatalf("document %d: got %.200s, want %s", n, got.body, want)
		}
	}
	if got := w.attempt(t, from, "ada@example.com", pass, nil); !strings.Contains(got.body, `"accessToken"`) {
		t.Errorf("login: got %d %.200s, want a session", got.status, got.body)
	}
}

// TestAnonymous_Hashing proves that anonymous work is served while passwords wait to be hashed, and that a signed-in caller
// does not wait for it.
func TestAnonymous_Hashing(t *testing.T) {
	w := onSQLite(t)
	ada := w.register(t, "ada@example.com", pass)
	defer w.fill(t)()
	if !w.app.hashing() {
		t.Fatal("passwords wait, and the server does not know")
	}
	for range 3 {
		if got := w.query(t, "", dear(), hundredFields()); !strings.Contains(got.body, `"a29":`) {
			t.Errorf("got %.200s, want an answer", got.body)
		}
	}
	if got := w.query(t, ada.token, dear(), hundredFields()); !strings.Contains(got.body, `"a29":`) {
		t.Errorf("signed in: got %.200s, want an answer", got.body)
	}
}
