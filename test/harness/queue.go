package harness

import (
	"encoding/json"
	"net/http"
	"testing"

	"authgraph/auth/password"
	"authgraph/internal/network"
)

// FillQueue takes every place in the queue of hashes, from the network that the tests come from, and returns what gives them
// back.
func (w *Server) FillQueue(t *testing.T) (empty func()) {
	t.Helper()
	var tickets []*password.Ticket
	for {
		ticket, err := w.Hasher.Admit(network.Parse("127.0.0.1"), nil)
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

// Hashed returns how many passwords have been hashed.
func (w *Server) Hashed(t *testing.T) (n uint64) {
	t.Helper()
	families, err := w.App.Metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "authgraph_hash_wait_seconds" {
			n = f.GetMetric()[0].GetHistogram().GetSampleCount()
		}
	}
	return n
}

// LoginFrom tries to sign in from an address.
func (w *Server) LoginFrom(t *testing.T, from, email, input string, more http.Header) Response {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": LoginDocument, "variables": map[string]any{
		"i": map[string]any{"email": email, "password": input}}})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"X-Forwarded-For": {from}}
	for name, values := range more {
		header[name] = values
	}
	return w.Do(t, http.MethodPost, "/graphql", string(body), header)
}
