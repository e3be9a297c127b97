package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/mail"
	"authgraph/test/harness"
)

// marker stands in every value that is sent, and must not show in an answer or in the log.
const marker = "sesameOpens"

// sample is a value as JSON and as GraphQL write it; "" where one of them can't.
type sample struct {
	name, json, graphql string
	refused             bool // as no text at all, whatever the place
}

var samples = []sample{
	{name: "NUL", json: `"` + marker + `\u0000x"`, graphql: `"` + marker + `\u0000x"`},
	{name: "NUL first", json: `"\u0000` + marker + `"`, graphql: `"\u{0}` + marker + `"`},
	{name: "NUL in an address", json: `"` + marker + `\u0000@example.com"`, graphql: `"` + marker + `@exam\u0000ple.com"`},
	{name: "NUL in an id", json: `"user_` + marker + `\u0000"`, graphql: `"session_` + marker + `\u0000"`},
	{name: "NUL as it is", graphql: `"` + marker + "\x00\""},
	{name: "NUL in a block", graphql: `"""` + marker + "\x00\"\"\""},
	{name: "U+FFFF", json: `"` + marker + `\uffff"`, graphql: `"` + marker + `\uffff"`},
	{name: "byte order mark", json: `"\ufeff` + marker + `"`, graphql: "\"\ufeff" + marker + `"`},
	{name: "high surrogate", json: `"` + marker + `\ud800"`, graphql: `"` + marker + `\ud800"`, refused: true},
	{name: "high surrogate in braces", graphql: `"` + marker + `\u{D800}"`, refused: true},
	{name: "low surrogate", json: `"\udc00` + marker + `"`, graphql: `"\udc00` + marker + `"`, refused: true},
	{name: "swapped surrogates", json: `"\udc00\ud800` + marker + `"`, graphql: `"\udc00\ud800` + marker + `"`,
		refused: true},
	{name: "surrogate in bytes", json: "\"\xed\xa0\x80" + marker + `"`, graphql: "\"\xed\xa0\x80" + marker + `"`,
		refused: true},
	{name: "emoji", json: `"` + marker + "\U0001F600\"", graphql: `"` + marker + "\U0001F600\""},
	{name: "emoji escaped", json: `"` + marker + `\ud83d\ude00"`, graphql: `"` + marker + `\ud83d\ude00"`},
	{name: "emoji in braces", graphql: `"` + marker + `\u{1F600}"`},
	{name: "emoji in a block", graphql: `"""` + marker + "\U0001F600\"\"\""},
	{name: "Deseret", json: `"` + marker + "\U00010400@example.com\"", graphql: `"` + marker + "\U00010400\""},
	{name: "beyond Unicode", graphql: `"` + marker + `\u{110000}"`},
	{name: "a word", graphql: marker},
	{name: "a number", json: `-1.5e400`, graphql: `-1.5e400`},
	{name: "true", json: `true`, graphql: `true`},
	{name: "a list", json: `[["` + marker + `"]]`, graphql: `[["` + marker + `"]]`},
	{name: "an object", json: `{"a":"` + marker + `"}`, graphql: `{a: "` + marker + `"}`},
}

// Values that databases, drivers and parsers stumble over, in every place of the schema: an answer is never a fault of
// ours, and nothing of the value is in it or in the log.
func TestText_EveryPlace(t *testing.T) {
	t.Parallel()
	schema := harness.Schema(t)
	all := harness.Inputs(schema)
	if len(all) < 9 {
		t.Fatalf("got %d places, want those of register, login, node and nodes at least", len(all))
	}
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		for n, p := range all {
			t.Run(p.String(), func(t *testing.T) {
				tokens := 0
				live := func(token string) string { // a logout among the places ends the session
					if token == "" || !w.TokenValid(t, token) {
						tokens++
						token = w.Register(t, fmt.Sprintf("ada%d.%d@example.com", n, tokens), harness.Password).Token
					}
					return token
				}
				caller := ""
				input := samples
				if p.Kind.Kind == ast.Enum {
					other := strings.ToLower(p.Kind.EnumValues[0].Name)
					input = append([]sample{{name: "in another case", json: `"` + other + `"`, graphql: other}}, input...)
				}
				for _, s := range input {
					if s.json != "" {
						arguments := p.Arguments(t, schema, json.RawMessage(s.json))
						caller = live(caller)
						checkText(t, w, caller, harness.JSONBody(p.ViaVariables(), arguments), s.name+" in a variable", s.refused)
					}
					if s.graphql != "" {
						arguments := p.Arguments(t, schema, harness.Literal(s.graphql))
						caller = live(caller)
						checkText(t, w, caller, harness.JSONBody(p.ViaLiterals(arguments), nil), s.name+" in the document", s.refused)
					}
				}
			})
		}
		w.Close() // all requests have been logged
		for line := range strings.Lines(w.Log.String()) {
			if strings.Contains(line, `"msg":"mail kept for `+mail.MailboxPath+`"`) {
				continue // development shows each mail with its address
			}
			if strings.Contains(line, marker) || strings.Contains(line, `"level":"ERROR"`) {
				t.Errorf("the log shows what was sent, or a fault: %s", line)
			}
		}
	})
}

func checkText(t *testing.T, w *harness.Server, token, body, name string, refused bool) {
	t.Helper()
	header := http.Header{"Authorization": {"Bearer " + token}}
	if strings.HasPrefix(body, `{"query":"subscription`) {
		header.Set("Accept", "text/event-stream")
	}
	got := w.Do(t, http.MethodPost, "/graphql", body, header)
	switch {
	case got.Status >= 500 || strings.Contains(got.Body, "INTERNAL") || strings.Contains(got.Body, "UNAVAILABLE"):
		t.Errorf("%s: %d %s for %q", name, got.Status, got.Body, body)
	case refused && (got.Status != http.StatusBadRequest || !strings.Contains(got.Body, "BAD_REQUEST")):
		t.Errorf("%s: got %d %s, want BAD_REQUEST for %q", name, got.Status, got.Body, body)
	case !refused && got.Status != http.StatusOK:
		t.Errorf("%s: got %d %s for %q", name, got.Status, got.Body, body)
	case strings.Contains(got.Body, marker):
		t.Errorf("%s: the answer shows what was sent: %s", name, got.Body)
	}
}

// Characters of 4 bytes are stored and found again as they were typed, wherever they may stand.
func TestText_RoundTrip(t *testing.T) {
	t.Parallel()
	const (
		email  = "\U00010414da@example.com"
		name   = "\U00010414\U00010428 \U0001F469\u200D\U0001F4BB \U0001F600"
		secret = "\U0001F600\U00010414\x00\U0001F469 battery staple"
		agent  = "curl/8 \U0001F600"
	)
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ask := func(document, email string) harness.Response {
			body, err := json.Marshal(map[string]any{"query": document, "variables": map[string]any{
				"email": email, "password": secret, "name": name}})
			if err != nil {
				t.Fatal(err)
			}
			return w.Do(t, http.MethodPost, "/graphql", string(body), http.Header{"User-Agent": {agent}})
		}
		const shown = `user { email displayName } session { userAgent }`
		want := `{"user":{"email":"` + email + `","displayName":"` + name + `"},"session":{"userAgent":"` + agent + `"}}}}`
		got := ask(`mutation($email: EmailAddress!, $password: String!, $name: String) {
			register(input: {email: $email, password: $password, displayName: $name}) { `+shown+` } }`, email)
		if got.Body != `{"data":{"register":`+want {
			t.Errorf("register: got %s\nwant %s", got.Body, want)
		}
		// The other case of the same letter is the same address.
		got = ask(`mutation($email: EmailAddress!, $password: String!) {
			login(input: {email: $email, password: $password}) { `+shown+` } }`, "\U0001043Cda@example.com")
		if got.Body != `{"data":{"login":`+want {
			t.Errorf("login: got %s\nwant %s", got.Body, want)
		}
	})
}

// However a client writes a character of 4 bytes, it is the same one.
func TestText_SameInEverySpelling(t *testing.T) {
	t.Parallel()
	const document = `mutation { register(input: {email: "EMAIL", password: "` + harness.Password + `", displayName: NAME}) {
		user { displayName } } }`
	const want = `{"data":{"register":{"user":{"displayName":"` + "\U00010414\U0001F600" + `"}}}}`
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		for i, written := range []string{
			"\"\U00010414\U0001F600\"", `"\ud801\udc14\ud83d\ude00"`, `"\u{10414}\u{1F600}"`, `"\uD801\uDC14\u{1f600}"`,
			"\"\"\"\U00010414\U0001F600\"\"\"",
		} {
			email := fmt.Sprintf("ada%d@example.com", i)
			got := w.Query(t, "", strings.NewReplacer("EMAIL", email, "NAME", written).Replace(document), nil)
			if got.Body != want {
				t.Errorf("%s: got %s\nwant %s", written, got.Body, want)
			}
		}
	})
}
