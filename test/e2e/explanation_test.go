package e2e

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authgraph/db/dbtest"
	"authgraph/test/harness"
)

// In development a denial says what `policy explain` says. Production says nothing, nor does a field that introspection
// hides from the caller.
func TestExplanation(t *testing.T) {
	t.Parallel()
	const secret = "AUTHGRAPH_SECRETS=test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" // the test server's
	const notSignedIn = "does not hold: the caller is not signed in"
	for _, mode := range []struct {
		name                string
		environ             []string
		explains, hiddenToo bool
	}{
		{"development", nil, true, true},
		{"development by role", []string{"AUTHGRAPH_INTROSPECTION=role"}, true, false},
		{"production", []string{"AUTHGRAPH_MODE=production", "AUTHGRAPH_ISSUER=http://localhost:8080", secret}, false, false},
		{"production, full introspection", []string{"AUTHGRAPH_MODE=production", "AUTHGRAPH_ISSUER=http://localhost:8080", secret,
			"AUTHGRAPH_INTROSPECTION=full"}, false, false},
	} {
		t.Run(mode.name, func(t *testing.T) {
			path := dbtest.SQLite(t)
			store := dbtest.OpenSQLite(t, path)
			w := harness.Start(t, store, mode.environ...)
			ada, bob := w.Register(t, "ada@example.com", harness.Password), w.Register(t, "bob@example.com", harness.Password)
			command := func(field string) (lines []string) {
				out, err := harness.Command(t, "", []string{"AUTHGRAPH_DATA_DIR=" + filepath.Dir(path), secret}, "policy", "explain", field, "--as", "ada@example.com")
				if err != nil {
					t.Fatal(err)
				}
				for _, line := range strings.Split(strings.TrimSpace(out), "\n")[1:] {
					lines = append(lines, strings.TrimSpace(line))
				}
				return lines
			}
			onBob := map[string]any{"id": bob.ID}
			for _, row := range []struct {
				name, token, document string
				variables             map[string]any
				want                  []string
				shown                 bool // by introspection, to the caller
			}{
				{"anonymous", "", `{ me { id } }`, nil, []string{"signed in: " + notSignedIn}, false},
				{"a permission", ada.Token, `{ policy { field } }`, nil, command("Query.policy"), false},
				{"another's", ada.Token, `query($id: ID!) { node(id: $id) { ... on User { email } } }`, onBob, command("User.email"), true},
			} {
				want := row.want
				if !mode.explains || !mode.hiddenToo && !row.shown {
					want = nil
				}
				body := w.Query(t, row.token, row.document, row.variables).Body
				if got := explanations(t, body); !slices.Equal(got, want) {
					t.Errorf("%s by POST: got %q, want %q: %s", row.name, got, want, body)
				}
				c := w.Dial(t, nil)
				payload := map[string]any{}
				if row.token != "" {
					payload["Authorization"] = "Bearer " + row.token
				}
				c.Send(t, harness.Message{Type: "connection_init", Payload: encoded(t, payload)})
				if m := c.Next(t); m.Type != "connection_ack" {
					t.Fatalf("got %+v, want connection_ack", m)
				}
				c.Send(t, harness.Message{ID: "1", Type: "subscribe", Payload: encoded(t, map[string]any{"query": row.document, "variables": row.variables})})
				m := c.Next(t)
				if got := explanations(t, string(m.Payload)); !slices.Equal(got, want) {
					t.Errorf("%s by socket: got %q, want %q: %s", row.name, got, want, m.Payload)
				}
			}
			for name, body := range map[string]string{
				"not the guard's": w.Query(t, "", harness.LoginDocument, map[string]any{"i": map[string]any{"email": "ada@example.com", "password": "wrong"}}).Body,
				"refused before execution": w.Do(t, http.MethodPost, "/graphql", `{"query":"{ me { id } }"}`,
					http.Header{"Accept": {"application/graphql-response+json"}}).Body,
			} {
				if strings.Contains(body, "explanation") || !strings.Contains(body, `"code"`) {
					t.Errorf("%s: got %s, want an error without an explanation", name, body)
				}
			}
		})
	}
}

func encoded(t *testing.T, value any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// explanations returns the lines of a response's only error.
func explanations(t *testing.T, body string) []string {
	t.Helper()
	var response struct {
		Errors []struct {
			Extensions struct{ Explanation []string }
		}
	}
	if err := json.Unmarshal([]byte(body), &response); err != nil || len(response.Errors) != 1 {
		t.Fatalf("got %s, want one error", body)
	}
	return response.Errors[0].Extensions.Explanation
}
