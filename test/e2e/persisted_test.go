package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// named is a request for a document by its hash, with the document itself if it is sent too.
func named(t *testing.T, source, sent string) string {
	t.Helper()
	digest := sha256.Sum256([]byte(source))
	return namedBy(t, map[string]any{"version": 1, "sha256Hash": hex.EncodeToString(digest[:])}, sent)
}

func namedBy(t *testing.T, extension any, sent string) string {
	t.Helper()
	request := map[string]any{"extensions": map[string]any{"persistedQuery": extension}}
	if sent != "" {
		request["query"] = sent
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// Apollo's automatic persisted queries: the hash alone, then with the document, then alone again.
func TestPersisted(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	bearer := http.Header{"Authorization": {"Bearer " + ada.Token}}
	const me, begin = `{ me { email } }`, `mutation { logout { endedSessionIds } }`
	const unknown, invalid = `{ me { id } }`, `{ me { nothing } }`
	for _, row := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"not kept yet", named(t, me, ""), 200, `"code":"PERSISTED_QUERY_NOT_FOUND"`},
		{"not kept yet, once more", named(t, me, ""), 200, `"message":"PersistedQueryNotFound"`},
		{"with the document", named(t, me, me), 200, `{"data":{"me":{"email":"ada@example.com"}}}`},
		{"by its hash", named(t, me, ""), 200, `{"data":{"me":{"email":"ada@example.com"}}}`},
		{"the hash of another", named(t, unknown, me), 200, `"code":"BAD_REQUEST"`},
		{"of which nothing was kept", named(t, unknown, ""), 200, `"code":"PERSISTED_QUERY_NOT_FOUND"`},
		{"one that is not valid", named(t, invalid, invalid), 200, `"code":"GRAPHQL_VALIDATION_FAILED"`},
		{"it is not kept", named(t, invalid, ""), 200, `"code":"PERSISTED_QUERY_NOT_FOUND"`},
		{"another version", namedBy(t, map[string]any{"version": 2, "sha256Hash": strings.Repeat("0", 64)}, ""), 200, `"code":"BAD_REQUEST"`},
		{"a short hash", namedBy(t, map[string]any{"version": 1, "sha256Hash": "0"}, ""), 200, `"code":"BAD_REQUEST"`},
		{"no hash", namedBy(t, map[string]any{"version": 1}, me), 200, `"code":"BAD_REQUEST"`},
		{"no object", namedBy(t, "x", me), 200, `"code":"BAD_REQUEST"`},
		{"neither", `{"extensions":{}}`, 400, `"code":"BAD_REQUEST"`},
	} {
		if got := w.Do(t, http.MethodPost, "/graphql", row.body, bearer); got.Status != row.status || !strings.Contains(got.Body, row.want) {
			t.Errorf("%s: got %d %s, want %d %s", row.name, got.Status, got.Body, row.status, row.want)
		}
	}
	if got := w.Do(t, http.MethodPost, "/graphql", named(t, me, ""), nil); !strings.Contains(got.Body, "TOKEN_MISSING") {
		t.Errorf("the rules hold for nobody: got %s", got.Body)
	}
	c := w.Connect(t, ada.Token)
	c.Send(t, harness.Message{ID: "1", Type: "subscribe", Payload: json.RawMessage(named(t, me, ""))})
	if m := c.Next(t); m.Type != "next" || !strings.Contains(string(m.Payload), "ada@example.com") {
		t.Errorf("on a socket: got %s %s", m.Type, m.Payload)
	}

	byGet := func(source string) harness.Response {
		var request struct{ Extensions json.RawMessage }
		if err := json.Unmarshal([]byte(named(t, source, "")), &request); err != nil {
			t.Fatal(err)
		}
		return w.Do(t, http.MethodGet, "/graphql?extensions="+url.QueryEscape(string(request.Extensions)), "", bearer)
	}
	if got := byGet(me); got.Body != `{"data":{"me":{"email":"ada@example.com"}}}` {
		t.Errorf("by GET: got %d %s", got.Status, got.Body)
	}
	if got := w.Do(t, http.MethodPost, "/graphql", named(t, begin, begin), bearer); !strings.Contains(got.Body, ada.Session) {
		t.Fatalf("a mutation: %s", got.Body)
	}
	if got := byGet(begin); got.Status != http.StatusMethodNotAllowed {
		t.Errorf("a mutation by GET: got %d %s", got.Status, got.Body)
	}
}
