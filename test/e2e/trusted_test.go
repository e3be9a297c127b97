package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"authgraph/config"
	"authgraph/internal/manifest"
	"authgraph/test/harness"
	"authgraph/web"
)

const (
	storedMe     = `query Me { me { email } }`
	storedEvents = `subscription Events { sessionEvents { kind } }`
	storedTwo    = `query One { authOptions { registration } } query Two { authOptions { passwordMinLength } }`
)

// manifests writes the same documents as Relay's and graphql-codegen's compilers do, and as Apollo's does.
func manifests(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	relay, apollo := filepath.Join(dir, "persisted_queries.json"), filepath.Join(dir, "persisted-query-manifest.json")
	harness.WriteJSON(t, relay, map[string]string{"me-by-md5": storedMe, "register": harness.RegisterDocument, "two": storedTwo, "events": storedEvents})
	harness.WriteJSON(t, apollo, map[string]any{
		"format": "apollo-persisted-query-manifest", "version": 1,
		"operations": []map[string]string{{"id": "options", "name": "O", "type": "query", "body": `query O { authOptions { registration } }`}},
	})
	return relay + "," + apollo
}

// No transport, and no way to name an operation, leads to a document that is not stored.
func TestTrusted(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_TRUSTED_DOCUMENTS="+manifests(t))
	ada := w.Register(t, "ada@example.com", harness.Password)
	digest := sha256.Sum256([]byte(storedMe))
	hash := hex.EncodeToString(digest[:])
	const me, unknown, refused = `{"data":{"me":{"email":"ada@example.com"}}}`, `"code":"PERSISTED_QUERY_NOT_FOUND"`, `"code":"BAD_REQUEST"`
	c := w.Connect(t, ada.Token)
	for i, row := range []struct{ name, body, want string }{
		{"documentId", `{"documentId":"me-by-md5"}`, me},
		{"doc_id, as networks of Relay send it", `{"doc_id":"me-by-md5","query":null,"variables":{}}`, me},
		{"id", `{"id":"me-by-md5","query":""}`, me},
		{"persistedQuery, with the manifest's id", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"me-by-md5"}}}`, me},
		{"persistedQuery, with the hash", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}}`, me},
		{"documentId, with the hash and its name", `{"documentId":"sha256:` + hash + `"}`, me},
		{"in full", `{"query":"` + storedMe + `"}`, me},
		{"in full and by its id", `{"query":"` + storedMe + `","documentId":"me-by-md5"}`, me},
		{"Apollo's", `{"documentId":"options"}`, `{"data":{"authOptions":{"registration":true}}}`},
		{"one of two", `{"documentId":"two","operationName":"Two"}`, `{"data":{"authOptions":{"passwordMinLength":8}}}`},
		{"none of two", `{"documentId":"two","operationName":"Three"}`, `"code":"GRAPHQL_VALIDATION_FAILED"`},
		{"an unknown id", `{"documentId":"nonsense"}`, unknown},
		{"an unknown hash", namedBy(t, map[string]any{"version": 1, "sha256Hash": strings.Repeat("0", 64)}, ""), unknown},
		{"an id that is no text", `{"documentId":7,"extensions":{"persistedQuery":{"version":1,"sha256Hash":7}}}`, refused},
		{"no id", `{"extensions":{"persistedQuery":{}}}`, refused},
		{"an empty id", `{"documentId":""}`, refused},
		{"one and the id of another", `{"query":"` + storedMe + `","documentId":"two"}`, refused},
		{"one and an unknown id", `{"query":"` + storedMe + `","documentId":"nonsense"}`, refused},
		{"another", `{"query":"{ me { email } }"}`, refused},
		{"the same but for a space", `{"query":"` + storedMe + ` "}`, refused},
		{"another, kept by its hash", named(t, `{ me { id } }`, `{ me { id } }`), refused},
		{"and by its hash alone", named(t, `{ me { id } }`, ""), unknown},
		{"another with the id of one that is stored", `{"query":"{ me { id } }","documentId":"me-by-md5"}`, refused},
		{"introspection", `{"query":"{ __schema { types { name } } }"}`, refused},
		{"__typename", `{"query":"{ __typename }"}`, refused},
		{"what is not GraphQL", `{"query":"{"}`, refused},
	} {
		got := w.Do(t, http.MethodPost, "/graphql", row.body, http.Header{"Authorization": {"Bearer " + ada.Token}})
		if !strings.Contains(got.Body, row.want) || row.want != me && strings.Contains(got.Body, "ada@example.com") {
			t.Errorf("%s: got %d %s, want %s", row.name, got.Status, got.Body, row.want)
		}
		events := w.Do(t, http.MethodPost, "/graphql", row.body, http.Header{
			"Authorization": {"Bearer " + ada.Token}, "Accept": {"text/event-stream"},
		})
		if !strings.Contains(events.Body, row.want) {
			t.Errorf("%s, as events: got %d %s, want %s", row.name, events.Status, events.Body, row.want)
		}
		if !strings.Contains(got.Body, "`query`") { // an invalid request closes a socket
			c.Send(t, harness.Message{ID: fmt.Sprint(i), Type: "subscribe", Payload: json.RawMessage(row.body)})
			m := c.Next(t)
			if m.ID != fmt.Sprint(i) || !strings.Contains(string(m.Payload), row.want) {
				t.Errorf("%s, on a socket: got %s %s, want %s", row.name, m.Type, m.Payload, row.want)
			}
			if m.Type == "next" {
				c.Next(t) // complete
			}
		}
	}
	for query, want := range map[string]string{
		"documentId=me-by-md5": me, "doc_id=me-by-md5": me, "id=me-by-md5": me, "documentId=nonsense": unknown,
		"query=" + url.QueryEscape(storedMe): me, "query=" + url.QueryEscape("{ me { id } }"): refused,
		"extensions=" + url.QueryEscape(`{"persistedQuery":{"version":1,"sha256Hash":"`+hash+`"}}`): me,
	} {
		got := w.Do(t, http.MethodGet, "/graphql?"+query, "", http.Header{"Authorization": {"Bearer " + ada.Token}})
		if !strings.Contains(got.Body, want) {
			t.Errorf("GET %s: got %d %s, want %s", query, got.Status, got.Body, want)
		}
	}
	if got := w.Do(t, http.MethodPost, "/graphql", `{"documentId":"me-by-md5"}`, nil); !strings.Contains(got.Body, "TOKEN_MISSING") {
		t.Errorf("the rules hold for nobody: got %s", got.Body)
	}
	if got := w.Do(t, http.MethodGet, "/graphql?documentId=register&variables="+url.QueryEscape(`{"i":{"email":"bob@example.com","password":"x"}}`), "", nil); got.Status != http.StatusMethodNotAllowed {
		t.Errorf("a mutation by GET: got %d %s", got.Status, got.Body)
	}
	c.Send(t, harness.Message{ID: "events", Type: "subscribe", Payload: json.RawMessage(`{"query":"","documentId":"events"}`)})
	w.AwaitSubscriptions(t, 1)
}

// The console's documents are served in addition to the manifest's while the console is on.
func TestTrusted_Console(t *testing.T) {
	t.Parallel()
	var operations map[string]string
	if err := json.Unmarshal(web.ConsoleOperations(), &operations); err != nil || len(operations) < 20 {
		t.Fatalf("got %d operations of the console, %v", len(operations), err)
	}
	on := harness.StartSQLite(t, "AUTHGRAPH_TRUSTED_DOCUMENTS="+manifests(t))
	off := harness.StartSQLite(t, "AUTHGRAPH_TRUSTED_DOCUMENTS="+manifests(t), "AUTHGRAPH_CONSOLE=false")
	const refused = `"code":"BAD_REQUEST"`
	for id, source := range operations {
		body, err := json.Marshal(map[string]string{"query": source})
		if err != nil {
			t.Fatal(err)
		}
		// As events, so that subscriptions are answered too.
		events := http.Header{"Accept": {"text/event-stream"}}
		if got := on.Do(t, http.MethodPost, "/graphql", string(body), events); strings.Contains(got.Body, refused) {
			t.Errorf("%s: got %s for %s", id, got.Body, source)
		}
		if got := off.Do(t, http.MethodPost, "/graphql", string(body), events); !strings.Contains(got.Body, refused) {
			t.Errorf("%s, without the console: got %s for %s", id, got.Body, source)
		}
	}
	for _, w := range []*harness.Server{on, off} {
		if got := w.Do(t, http.MethodPost, "/graphql", `{"documentId":"options"}`, nil); got.Status != http.StatusOK {
			t.Errorf("the manifest's own: got %d %s", got.Status, got.Body)
		}
	}
}

// Where there is no manifest, an id other than a hash names nothing.
func TestTrusted_Off(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	for body, want := range map[string]string{
		`{"documentId":"x"}`: `"code":"PERSISTED_QUERY_NOT_FOUND"`,
		`{"query":"{ __typename }","documentId":"x","id":"y","doc_id":1}`: `{"data":{"__typename":"Query"}}`,
	} {
		if got := w.Do(t, http.MethodPost, "/graphql", body, nil); !strings.Contains(got.Body, want) {
			t.Errorf("%s: got %d %s, want %s", body, got.Status, got.Body, want)
		}
	}
}

// A server whose manifest can't be served does not start, and says all that is wrong with it.
func TestTrusted_Faults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.json")
	harness.WriteJSON(t, bad, map[string]string{
		"unknown": `{ nonsense }`, "deep": strings.Repeat("{ me ", 20) + strings.Repeat("}", 20), "half": `{`,
		"costly": `query($n: Int = 100000) { users(first: $n) { nodes: edges { node { sessions(first: 100) { edges { node { id } } } } } } }`,
	})
	for _, row := range []struct {
		path string
		want []string
	}{
		{filepath.Join(dir, "missing.json"), []string{"missing.json"}},
		{bad, []string{
			`unknown breaks: Cannot query field "nonsense"`, "deep breaks: The document exceeds a limit: depth", "half breaks: ",
			"costly breaks: The document exceeds a limit: cost",
		}},
	} {
		_, err := harness.Command(t, "", []string{"AUTHGRAPH_ADDR=127.0.0.1:0", "AUTHGRAPH_DATA_DIR=" + t.TempDir(), "AUTHGRAPH_TRUSTED_DOCUMENTS=" + row.path}, "serve")
		for _, want := range row.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", row.path, err, want)
			}
		}
	}
	if _, err := config.Load([]string{"AUTHGRAPH_TRUSTED_DOCUMENTS= , "}); err == nil {
		t.Error("no name of a file is no fault")
	}
}

// Manifests as the tools wrote them: relay-compiler 21, Apollo's generate-persisted-query-manifest 1.4 and graphql-codegen.
func TestTrusted_Tools(t *testing.T) {
	t.Chdir(harness.Root(t))
	files := []string{
		"test/e2e/testdata/manifest/persisted_queries.json", "test/e2e/testdata/manifest/persisted-query-manifest.json",
		"examples/codegen/src/generated/persisted-documents.json",
	}
	documents, err := manifest.ReadFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	out, err := harness.Command(t, "", nil, append([]string{"operations", "check"}, files...)...)
	if err != nil || !strings.Contains(out, fmt.Sprintf("%d operations can be executed", len(documents))) {
		t.Errorf("%v\n%s", err, out)
	}
	w := harness.StartSQLite(t, "AUTHGRAPH_TRUSTED_DOCUMENTS="+strings.Join(files, ","))
	tried := map[string]bool{}
	for _, d := range documents {
		if !strings.HasPrefix(d.Source, "query") || strings.Contains(d.Source, "$") {
			continue
		}
		tried[d.File] = true
		got := w.Do(t, http.MethodPost, "/graphql", `{"documentId":"`+d.ID+`"}`, nil)
		if !strings.Contains(got.Body, `"data":`) || strings.Contains(got.Body, `"code":"BAD_REQUEST"`) {
			t.Errorf("%s: got %d %s", d, got.Status, got.Body)
		}
	}
	if len(tried) != len(files) {
		t.Errorf("only of %v a document was tried", tried)
	}
}
