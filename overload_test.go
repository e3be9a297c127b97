package main

import (
	"strings"
	"testing"

	"authgraph/auth/password"
)

// fill takes every place in the queue of hashes, from the network that the tests come from, and returns what gives them
// back.
func (w *world) fill(t *testing.T) (empty func()) {
	t.Helper()
	var tickets []*password.Ticket
	for {
		ticket, err := w.hasher.Admit("127.0.0.1")
		if err != nil {
			return func() {
				for _, ticket := range tickets {
					ticket.Leave()
				}
			}
		}
		tickets = append(tickets, ticket)
	}
}

// A full queue is told at once, to everybody alike: it says nothing of any account. The signed in do not notice.
func TestOverload(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ada := w.register(t, "ada@example.com", pass)
		empty := w.fill(t)
		const want = `{"errors":[{"message":"Too many are signing in at the moment; try again shortly","path":["login"],` +
			`"locations":[{"line":1,"column":29}],"extensions":{"code":"OVERLOADED","requestId":"ID","retryAfter":`
		var first string
		for _, in := range []map[string]any{
			{"email": "ada@example.com", "password": pass}, {"email": "ada@example.com", "password": "not it, whatever"},
			{"email": "nobody@example.com", "password": pass},
		} {
			got := w.query(t, "", loginDocument, map[string]any{"i": in})
			if first == "" {
				first = got.body
			}
			if got.status != 200 || !strings.HasPrefix(got.body, want) || got.body != first || got.header.Get("Retry-After") == "" {
				t.Errorf("login answered %d, Retry-After %q, %s\nwant %s", got.status, got.header.Get("Retry-After"), got.body, want)
			}
		}
		got := w.query(t, "", registerDocument, map[string]any{"i": map[string]any{"email": "bob@example.com", "password": pass}})
		if !strings.Contains(got.body, `"code":"OVERLOADED"`) {
			t.Errorf("register answered %s", got.body)
		}
		if got := w.query(t, ada.token, `{ me { email } }`, nil); got.body != `{"data":{"me":{"email":"ada@example.com"}}}` {
			t.Errorf("me answered %s", got.body)
		}
		empty()
		w.register(t, "bob@example.com", pass)
		if got := w.hasher.Waiting(); got != 0 {
			t.Errorf("%d places are not given back", got)
		}
	})
}
