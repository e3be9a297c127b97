package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"authgraph/test/harness"
)

func TestFlow(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ada := w.Register(t, "Ada@example.com", harness.Password)
		bob := w.Register(t, "bob@example.com", harness.Password)
		for _, row := range []struct {
			name, bearer, document string
			variables              map[string]any
			status                 int
			want                   string // the whole body, or a part of it
			never                  string
		}{
			{name: "me", bearer: ada.Token, document: `{ me { email roles permissions emailConfirmed } }`, status: 200,
				want: `{"data":{"me":{"email":"Ada@example.com","roles":["user"],"permissions":[],"emailConfirmed":false}}}`},
			{name: "me without a token", document: `{ me { id } }`, status: 200,
				want: `{"errors":[{"message":"Could not validate credentials","path":["me"],"locations":[{"line":1,"column":3}],` +
					`"extensions":{"code":"UNAUTHENTICATED","explanation":["signed in: does not hold: the caller is not signed in"],` +
					`"reason":"TOKEN_MISSING","requestId":"ID"}}],"data":{"me":null}}`},
			{name: "me with a bad token", bearer: "nonsense", document: `{ me { id } }`, status: 401,
				want: `{"errors":[{"message":"Could not validate credentials",` +
					`"extensions":{"code":"UNAUTHENTICATED","reason":"TOKEN_INVALID","requestId":"ID"}}]}`},
			{name: "a public field with a bad token", bearer: "nonsense", document: `{ authOptions { registration } }`, status: 200,
				want: `{"data":{"authOptions":{"registration":true}}}`},
			{name: "another person's node", bearer: bob.Token, document: `query($id: ID!) { node(id: $id) { ... on User { id displayName email } } }`,
				variables: map[string]any{"id": ada.ID}, status: 200, want: `"code":"FORBIDDEN"`, never: "Ada@example.com"},
			{name: "another person's session", bearer: bob.Token, document: `query($id: ID!) { node(id: $id) { id } }`,
				variables: map[string]any{"id": ada.Session}, status: 200, want: `{"data":{"node":null}}`},
			{name: "one's own session", bearer: ada.Token, document: `query($id: ID!) { node(id: $id) { ... on Session { current methods assurance } } }`,
				variables: map[string]any{"id": ada.Session}, status: 200,
				want: `{"data":{"node":{"current":true,"methods":["PASSWORD"],"assurance":"SINGLE_FACTOR"}}}`},
			{name: "nodes", bearer: bob.Token, document: `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`,
				variables: map[string]any{"ids": []string{ada.Session, bob.Session, "nonsense", "user_01m85pwve3fzste6jxy89smjc7", "\x00"}},
				status:    200, want: `{"data":{"nodes":[null,{"id":"` + bob.Session + `"},null,null,null]}}`},
			{name: "the address is taken, in another case and with space", document: harness.RegisterDocument,
				variables: map[string]any{"i": map[string]any{"email": " ADA@EXAMPLE.COM ", "password": harness.Password}}, status: 200,
				want: `"code":"BAD_USER_INPUT","field":"input.email","reason":"EMAIL_TAKEN"`},
			{name: "wrong password", document: harness.LoginDocument,
				variables: map[string]any{"i": map[string]any{"email": "ada@example.com", "password": "not it, whatever"}}, status: 200,
				want: `{"errors":[{"message":"The address or the password is wrong","path":["login"],"locations":[{"line":1,"column":29}],` +
					`"extensions":{"code":"INVALID_CREDENTIALS","requestId":"ID"}}],"data":{"login":null}}`},
			{name: "a number for a password", document: harness.LoginDocument,
				variables: map[string]any{"i": map[string]any{"email": "ada@example.com", "password": 12345678}}, status: 200,
				want: `"code":"GRAPHQL_VALIDATION_FAILED"`, never: "12345678"},
			{name: "a number for an id", bearer: bob.Token, document: `query($id: ID!) { node(id: $id) { id } }`,
				variables: map[string]any{"id": 7}, status: 200, want: `{"data":{"node":null}}`},
			{name: "unknown account", document: harness.LoginDocument,
				variables: map[string]any{"i": map[string]any{"email": "nobody@example.com", "password": "not it, whatever"}}, status: 200,
				want: `{"errors":[{"message":"The address or the password is wrong","path":["login"],"locations":[{"line":1,"column":29}],` +
					`"extensions":{"code":"INVALID_CREDENTIALS","requestId":"ID"}}],"data":{"login":null}}`},
			{name: "login in another case, with a stale header", bearer: "stale", document: harness.LoginDocument,
				variables: map[string]any{"i": map[string]any{"email": "ADA@example.com", "password": harness.Password}}, status: 200,
				want: `"user":{"email":"Ada@example.com"}`},
			{name: "header tricks in an address", document: harness.RegisterDocument,
				variables: map[string]any{"i": map[string]any{"email": "a@example.com\r\nBcc: b@example.com", "password": harness.Password}}, status: 200,
				want: `"reason":"EMAIL_INVALID"`},
		} {
			t.Run(row.name, func(t *testing.T) {
				got := w.Query(t, row.bearer, row.document, row.variables)
				if got.Status != row.status || !strings.Contains(got.Body, row.want) {
					t.Errorf("got %d %s\nwant %d %s", got.Status, got.Body, row.status, row.want)
				} else if strings.HasPrefix(row.want, "{") && got.Body != row.want {
					t.Errorf("got %d %s\nwant %d %s", got.Status, got.Body, row.status, row.want)
				}
				if row.never != "" && strings.Contains(got.Body, row.never) {
					t.Errorf("%s shows %s", got.Body, row.never)
				}
			})
		}
	})
}

func TestRegister_AllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	got := w.Query(t, "", harness.RegisterDocument, map[string]any{
		"i": map[string]any{"email": "nobody", "password": "short", "displayName": "a\x00b"}})
	for _, want := range []string{
		`"field":"input.email","reason":"EMAIL_INVALID"`, `"field":"input.password","reason":"PASSWORD_TOO_SHORT"`,
		`"field":"input.displayName","reason":"VALUE_INVALID"`,
	} {
		if !strings.Contains(got.Body, want) {
			t.Errorf("%s lacks %s", got.Body, want)
		}
	}
}

func TestLogin_EyesOfTheSignedIn(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	w.Register(t, "ada@example.com", harness.Password)
	w.Register(t, "bob@example.com", harness.Password)
	got := w.Query(t, "", `mutation($a: LoginInput!, $b: LoginInput!) {
		a: login(input: $a) { user { email } session { current } } b: login(input: $b) { user { email } session { current } } }`,
		map[string]any{
			"a": map[string]any{"email": "ada@example.com", "password": harness.Password},
			"b": map[string]any{"email": "bob@example.com", "password": harness.Password},
		})
	want := `{"data":{"a":{"user":{"email":"ada@example.com"},"session":{"current":true}},` +
		`"b":{"user":{"email":"bob@example.com"},"session":{"current":true}}}}`
	if got.Body != want {
		t.Errorf("got %s\nwant %s", got.Body, want)
	}
}

func TestRegister_SameAddressAtOnce(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		const clients = 50
		answers := make([]harness.Response, clients)
		var wait sync.WaitGroup
		for i := range clients {
			wait.Go(func() {
				answers[i] = w.Query(t, "", harness.RegisterDocument,
					map[string]any{"i": map[string]any{"email": "ada@example.com", "password": harness.Password}})
			})
		}
		wait.Wait()
		made, taken := 0, 0
		for _, a := range answers {
			if strings.Contains(a.Body, `"accessToken":"`) {
				made++
			}
			if strings.Contains(a.Body, `"reason":"EMAIL_TAKEN"`) {
				taken++
			}
		}
		if made != 1 || taken != clients-1 {
			t.Errorf("%d made and %d taken, want 1 and %d", made, taken, clients-1)
		}
	})
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	const secret = "hunter2-hunter2"
	for _, row := range []struct {
		name, method, path, body string
		header                   http.Header
		status                   int
		want                     string
	}{
		{name: "empty", method: "POST", body: "", status: 400, want: "BAD_REQUEST"},
		{name: "truncated", method: "POST", body: `{"query":"{me{id}}","variables":{"password":"` + secret, status: 400, want: "BAD_REQUEST"},
		{name: "trailing", method: "POST", body: `{"query":"{me{id}}"} "` + secret + `"`, status: 400, want: "BAD_REQUEST"},
		{name: "batch", method: "POST", body: `[{"query":"{me{id}}"}]`, status: 400, want: "BAD_REQUEST"},
		{name: "not an object", method: "POST", body: `"` + secret + `"`, status: 400, want: "BAD_REQUEST"},
		{name: "variables of another type", method: "POST", body: `{"query":"{me{id}}","variables":"` + secret + `"}`, status: 400, want: "BAD_REQUEST"},
		{name: "lone surrogate in a variable", method: "POST", body: `{"query":"{me{id}}","variables":{"a":"\ud800"}}`, status: 400, want: "BAD_REQUEST"},
		{name: "lone surrogate in the document", method: "POST", body: `{"query":"{node(id:\"\\ud800\"){id}}"}`, status: 400, want: "BAD_REQUEST"},
		{name: "not UTF-8", method: "POST", body: "{\"query\":\"{me{id}}\xff\"}", status: 400, want: "BAD_REQUEST"},
		{name: "huge", method: "POST", body: `{"query":"` + strings.Repeat("a", 1<<20) + `"}`, status: 413, want: "BAD_REQUEST"},
		{name: "another content type", method: "POST", body: secret, header: http.Header{"Content-Type": {"text/plain"}}, status: 415, want: "BAD_REQUEST"},
		{name: "unclosed string", method: "POST", body: `{"query":"{login(password: \"` + secret + `}"}`, status: 200, want: "GRAPHQL_PARSE_FAILED"},
		{name: "literal of another type", method: "POST",
			body: `{"query":"mutation{login(input:{email:\"a@b.de\",password:` + "12345678901" + `}){tokenType}}"}`, status: 200, want: "GRAPHQL_VALIDATION_FAILED"},
		{name: "unknown field", method: "POST", body: `{"query":"{mee}"}`, status: 200, want: "GRAPHQL_VALIDATION_FAILED"},
		{name: "GET mutation", method: "GET", path: "?query=mutation%7Blogin(input%3A%7Bemail%3A%22a%40b.de%22%2Cpassword%3A%22x%22%7D)%7BtokenType%7D%7D", status: 405, want: "BAD_REQUEST"},
		{name: "GET query", method: "GET", path: "?query=%7BauthOptions%7Bregistration%7D%7D", status: 200, want: `{"data":{"authOptions":{"registration":true}}}`},
		{name: "PUT", method: "PUT", status: 405, want: "BAD_REQUEST"},
		{name: "no token, newer media type", method: "POST", body: `{"query":"{me{id}}"}`,
			header: http.Header{"Accept": {"application/graphql-response+json"}}, status: 401, want: "TOKEN_MISSING"},
		{name: "two Authorization headers", method: "POST", body: `{"query":"{me{id}}"}`,
			header: http.Header{"Authorization": {"Bearer a", "Bearer b"}}, status: 401, want: "TOKEN_INVALID"},
		{name: "too many tokens", method: "POST", body: `{"query":"{` + strings.Repeat("a ", 5000) + `}"}`, status: 200, want: "LIMIT_EXCEEDED"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := w.Do(t, row.method, "/graphql"+row.path, row.body, row.header)
			if got.Status != row.status || !strings.Contains(got.Body, row.want) {
				t.Errorf("got %d %s, want %d %s", got.Status, got.Body, row.status, row.want)
			}
			if row.status >= 400 && strings.Contains(got.Body, `"data"`) {
				t.Errorf("%s has a data entry", got.Body)
			}
			for _, leak := range []string{secret, "12345678901"} {
				if strings.Contains(got.Body, leak) {
					t.Errorf("the answer shows what was sent: %s", got.Body)
				}
			}
			if got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control is %q", got.Header.Get("Cache-Control"))
			}
		})
	}
	w.Close() // all requests have been logged
	if log := w.Log.String(); strings.Contains(log, secret) || strings.Contains(log, "12345678901") {
		t.Errorf("the log shows what was sent: %s", log)
	}
}
