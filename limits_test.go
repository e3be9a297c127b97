package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// overLimits are documents that have one more of something than the default allows, and what the answer says of them.
func overLimits() []struct{ name, document, limit string } {
	return []struct{ name, document, limit string }{
		{"tokens", `{ ` + strings.Repeat("id ", 1500) + `}`, `"bound":1500,"code":"LIMIT_EXCEEDED","figure":1501,"limit":"tokens"`},
		{"nesting", `{ a(b: ` + strings.Repeat("[", 1001), `"bound":1000,"code":"LIMIT_EXCEEDED","figure":1001,"limit":"nesting"`},
		{"depth", strings.Repeat("{a", 16) + strings.Repeat("}", 16), `"bound":15,"code":"LIMIT_EXCEEDED","figure":16,"limit":"depth"`},
		{"aliases", `{` + aliases(101, "__typename") + `}`, `"bound":100,"code":"LIMIT_EXCEEDED","figure":101,"limit":"aliases"`},
		{"directives", `{__typename ` + strings.Repeat("@a", 51) + `}`, `"bound":50,"code":"LIMIT_EXCEEDED","figure":51,"limit":"directives"`},
		{"fields", `{` + strings.Repeat("id ", 1001) + `}`, `"bound":1000,"code":"LIMIT_EXCEEDED","figure":1001,"limit":"fields"`},
		{"root fields of a mutation", `mutation {` + aliases(5, "logout { endedSessionIds }") + `}`, `"bound":4,"code":"LIMIT_EXCEEDED","figure":5,"limit":"mutations"`},
		{"fifty logins", fifty(), `"bound":4,"code":"LIMIT_EXCEEDED","figure":50,"limit":"mutations"`},
		{"fifty logins in fragments", `mutation { ...A ... { ...A } ` + strings.Replace(fifty(), `mutation($i: LoginInput!) {`, `} fragment A on Mutation {`, 1),
			`"bound":4,"code":"LIMIT_EXCEEDED","figure":50,"limit":"mutations"`},
		{"cost", `query($n: Int = 100) { users(first: $n) { edges { node { sessions(last: $n) { edges { node { id } } } } } } }`,
			`"bound":10000,"code":"LIMIT_EXCEEDED","figure":20301,"limit":"cost"`},
		{"comparisons", `{` + strings.Repeat("__typename ", 142) + `}`, `"bound":10000,"code":"LIMIT_EXCEEDED","figure":10011,"limit":"comparisons"`},
	}
}

// Every limit is kept by every way in, nothing of the document is executed, and the server goes on serving.
func TestLimits(t *testing.T) {
	w := onSQLite(t)
	ada := w.register(t, "ada@example.com", pass)
	c := w.connect(t, ada.token)
	for _, row := range overLimits() {
		for way, got := range map[string]string{
			"POST":      w.query(t, ada.token, row.document, nil).body,
			"GET":       w.do(t, http.MethodGet, "/graphql?query="+url.QueryEscape(row.document), "", nil).body,
			"an event":  w.eventAnswer(t, ada.token, row.document),
			"a message": c.answer(t, "error", row.document),
		} {
			if !strings.Contains(got, row.limit) || strings.Contains(got, "data") || !strings.Contains(got, "requestId") {
				t.Errorf("%s by %s: got %.300s, want %s", row.name, way, got, row.limit)
			}
		}
		if got := c.answer(t, "next", `{ me { id } }`); !strings.Contains(got, ada.id) {
			t.Errorf("after %s: got %s", row.name, got)
		}
	}
	if !w.counts(t, ada.token) {
		t.Error("a logout of a document that was refused")
	}
}

// A document that is remembered costs what its variables of the moment say.
func TestLimits_Variables(t *testing.T) {
	w := onSQLite(t)
	root := w.administrator(t, "root@example.com")
	const document = `query($n: Int) { users(first: $n) { edges { node { sessions(first: 100) { edges { node { id } } } } } } }`
	for _, row := range []struct {
		n    int
		want string
	}{{1, `{"data":{"users"`}, {100, `"figure":20301,"limit":"cost"`}, {2, `{"data":{"users"`}} {
		if got := w.query(t, root, document, map[string]any{"n": row.n}).body; !strings.Contains(got, row.want) {
			t.Errorf("%d: got %.300s, want %s", row.n, got, row.want)
		}
	}
}

// Faults of a document are told up to a number, without suggestions, and by every way in.
func TestLimits_Faults(t *testing.T) {
	w := onSQLite(t)
	c := w.connect(t, w.register(t, "ada@example.com", pass).token)
	for name, row := range map[string]struct {
		document string
		faults   int
	}{
		"conflicts":          {`{` + strings.Repeat("a:me{id} a:authOptions{password} ", 30) + `}`, 11},
		"unknown fields":     {`{` + strings.Repeat("mee{id} ", 100) + `}`, 11},
		"an unknown field":   {`{ mee { id } }`, 1},
		"an unknown type":    {`{ ...U } fragment U on Quer { me { id } }`, 1},
		"an unknown name":    {`mutation { logout(scop: ALL) { endedSessionIds } }`, 1},
		"an unknown value":   {`mutation { logout(scope: AL) { endedSessionIds } }`, 1},
		"below no selection": {`{ __schema { directive } }`, 1},
	} {
		for way, got := range map[string]string{
			"POST": w.query(t, "", row.document, nil).body, "an event": w.eventAnswer(t, "", row.document),
			"a message": c.answer(t, "error", row.document),
		} {
			if n := strings.Count(got, `"code":"GRAPHQL_VALIDATION_FAILED"`); n != row.faults || strings.Contains(got, "Did you mean") {
				t.Errorf("%s by %s: got %d faults, want %d: %.300s", name, way, n, row.faults, got)
			}
		}
	}
}

// eventAnswer is what an event stream answers with before it is one.
func (w *world) eventAnswer(t *testing.T, token, document string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Accept": {"text/event-stream"}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return w.do(t, http.MethodPost, "/graphql", string(body), header).body
}

// answer sends a document over a socket, and returns what the message of a kind says that must come.
func (c *client) answer(t *testing.T, kind, document string) string {
	t.Helper()
	c.subscribe(t, document)
	m := c.next(t)
	if kind == "next" {
		if end := c.next(t); end.Type != "complete" {
			return fmt.Sprintf("%+v", end)
		}
	}
	if m.Type != kind {
		return "a message of the type " + m.Type
	}
	return string(m.Payload)
}
