package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"authgraph/test/harness"
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
		{"name", `{ ` + strings.Repeat("x", 129) + `: __typename }`, `"bound":128,"code":"LIMIT_EXCEEDED","figure":129,"limit":"name"`},
		{"typenames", `{` + aliases(5, "__typename") + `}`, `"bound":160,"code":"LIMIT_EXCEEDED","figure":170,"limit":"typenames"`},
		{"comparisons", `{` + strings.Repeat("__typename ", 142) + `}`, `"bound":10000,"code":"LIMIT_EXCEEDED","figure":10011,"limit":"comparisons"`},
	}
}

// Every transport enforces every limit, executes nothing of the document, and stays up.
func TestLimits(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	c := w.Connect(t, ada.Token)
	for _, row := range overLimits() {
		for way, got := range map[string]string{
			"POST":      w.Query(t, ada.Token, row.document, nil).Body,
			"GET":       w.Do(t, http.MethodGet, "/graphql?query="+url.QueryEscape(row.document), "", nil).Body,
			"an event":  eventAnswer(t, w, ada.Token, row.document),
			"a message": socketAnswer(t, c, "error", row.document),
		} {
			if !strings.Contains(got, row.limit) || strings.Contains(got, `"data"`) || !strings.Contains(got, "requestId") {
				t.Errorf("%s by %s: got %.300s, want %s", row.name, way, got, row.limit)
			}
		}
		if got := socketAnswer(t, c, "next", `{ me { id } }`); !strings.Contains(got, ada.ID) {
			t.Errorf("after %s: got %s", row.name, got)
		}
	}
	if !w.TokenValid(t, ada.Token) {
		t.Error("a logout of a document that was refused")
	}
}

// A document that is remembered costs what its variables of the moment say.
func TestLimits_Variables(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	root := w.Administrator(t, "root@example.com")
	const document = `query($n: Int) { users(first: $n) { edges { node { sessions(first: 100) { edges { node { id } } } } } } }`
	for _, row := range []struct {
		n    int
		want string
	}{{1, `{"data":{"users"`}, {100, `"figure":20301,"limit":"cost"`}, {2, `{"data":{"users"`}} {
		if got := w.Query(t, root, document, map[string]any{"n": row.n}).Body; !strings.Contains(got, row.want) {
			t.Errorf("%d: got %.300s, want %s", row.n, got, row.want)
		}
	}
}

// TestLimits_Values proves that the JSON values of variables and extensions are bounded together, by POST and by GET.
func TestLimits_Values(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_DOCUMENT_VALUES=100")
	list := func(n int) string { return `{"v":[0` + strings.Repeat(",0", n-3) + `]}` } // n values, the object and the list included
	for name, row := range map[string]struct {
		variables, extensions string
		want                  string
	}{
		"as many as are served": {list(60), list(40), `{"data":{"__typename":"Query"}}`},
		"too many variables":    {list(101), `{}`, `"bound":100,"code":"LIMIT_EXCEEDED","figure":101,"limit":"values"`},
		"too many extensions":   {`{}`, list(100), `"bound":100,"code":"LIMIT_EXCEEDED","figure":101,"limit":"values"`},
		"too many of both":      {list(60), list(41), `"bound":100,"code":"LIMIT_EXCEEDED","figure":101,"limit":"values"`},
		"objects in each other": {strings.Repeat(`{"a":`, 101) + `0` + strings.Repeat(`}`, 101), `{}`, `"limit":"values"`},
		"lists in each other":   {strings.Repeat(`[`, 101) + strings.Repeat(`]`, 101), `{}`, `"limit":"values"`},
	} {
		body := `{"query":"{__typename}","variables":` + row.variables + `,"extensions":` + row.extensions + `}`
		get := "/graphql?query=" + url.QueryEscape("{__typename}") + "&variables=" + url.QueryEscape(row.variables) + "&extensions=" + url.QueryEscape(row.extensions)
		for way, got := range map[string]string{
			"POST": w.Do(t, http.MethodPost, "/graphql", body, nil).Body, "GET": w.Do(t, http.MethodGet, get, "", nil).Body,
		} {
			if !strings.Contains(got, row.want) {
				t.Errorf("%s by %s: got %.300s, want %s", name, way, got, row.want)
			}
		}
	}
}

// TestLimits_ValuesOfASocket proves that a message with too many values is refused before it is decoded, and that the
// socket stays open.
func TestLimits_ValuesOfASocket(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_DOCUMENT_VALUES=100")
	c := w.Connect(t, w.Register(t, "ada@example.com", harness.Password).Token)
	many := `{"v":[0` + strings.Repeat(",0", 99) + `]}`
	payload := `{"query":"{__typename}","variables":` + many + `,"Variables":{},"VARIABLES":{}}` // the case of names is not ignored
	c.Send(t, harness.Message{ID: "1", Type: "subscribe", Payload: json.RawMessage(payload)})
	m := c.Next(t)
	if want := `"bound":100,"code":"LIMIT_EXCEEDED","figure":102,"limit":"values"`; m.ID != "1" || m.Type != "error" || !strings.Contains(string(m.Payload), want) {
		t.Errorf("got %s %s %s, want an error with %s", m.ID, m.Type, m.Payload, want)
	}
	if got := socketAnswer(t, c, "next", `{ me { email } }`); !strings.Contains(got, "ada@example.com") {
		t.Errorf("afterwards: got %s", got)
	}
}

// TestLimits_Answer proves that an answer has a bound, whatever it is made of, and that the same fields are answered if
// they are fewer.
func TestLimits_Answer(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_DOCUMENT_COST=1000000", "AUTHGRAPH_DOCUMENT_FIELDS=100000", "AUTHGRAPH_DOCUMENT_TOKENS=100000",
		"AUTHGRAPH_DOCUMENT_ALIASES=10000", "AUTHGRAPH_BODY_LIMIT=1048576")
	ada := w.Register(t, "ada@example.com", harness.Password)
	fields := func(n int) []string {
		names := make([]string, n)
		for i := range names {
			names[i] = "Mutation.revokeUserSessions"
		}
		return names
	}
	types := `{ types { name description fields { name description args { name description } } enumValues { name description } } } `
	for name, row := range map[string]struct {
		document  string
		variables map[string]any
		want      string
	}{
		"can, a little":           {`query($f: [String!]!) {` + aliases(5, "can(fields: $f) { field }") + `}`, map[string]any{"f": fields(100)}, `{"data":{"a0":[{"field":"Mutation.revokeUserSessions"}`},
		"can, much":               {`query($f: [String!]!) {` + aliases(300, "can(fields: $f) { field }") + `}`, map[string]any{"f": fields(100)}, ""},
		"errors":                  {`{` + aliases(4000, "users { totalCount }") + `}`, nil, ""},
		"introspection, a little": {`{ __schema { types { name } } }`, nil, `{"data":{"__schema":{"types":[`},
		"introspection, much":     {`{` + aliases(30, "__schema "+types) + `}`, nil, ""},
	} {
		got := w.Query(t, ada.Token, row.document, row.variables)
		if row.want != "" {
			if !strings.HasPrefix(got.Body, row.want) {
				t.Errorf("%s: got %.300s, want %s", name, got.Body, row.want)
			}
			continue
		}
		if len(got.Body) > 1000 || !strings.Contains(got.Body, `"bound":1048576,"code":"LIMIT_EXCEEDED"`) || !strings.Contains(got.Body, `"data":null`) {
			t.Errorf("%s: got %d bytes, %.300s, want LIMIT_EXCEEDED", name, len(got.Body), got.Body)
		}
	}
}

// TestLimits_Can proves that "can" repeats no name that is longer than any coordinate of the schema.
func TestLimits_Can(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	document := `query($f: [String!]!) { can(fields: $f) { field allowed } }`
	for name, row := range map[string]struct{ field, want string }{
		"unknown": {"Query.nothing", `{"data":{"can":[{"field":"Query.nothing","allowed":false}]}}`},
		"long":    {strings.Repeat("x", 300), `"code":"BAD_USER_INPUT","field":"fields[0]","reason":"VALUE_TOO_LONG"`},
	} {
		got := w.Query(t, "", document, map[string]any{"f": []string{row.field}}).Body
		if normal := normalized(got); !strings.Contains(normal, row.want) || strings.Contains(got, row.field) != (name == "unknown") {
			t.Errorf("%s: got %.300s, want %s", name, got, row.want)
		}
	}
}

// normalized is an answer without the id of its request.
func normalized(body string) string {
	before, rest, found := strings.Cut(body, `"requestId":"`)
	if !found {
		return body
	}
	_, after, _ := strings.Cut(rest, `",`)
	return before + normalized(after)
}

// Every transport returns a bounded number of a document's faults, without suggestions.
func TestLimits_Faults(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	c := w.Connect(t, w.Register(t, "ada@example.com", harness.Password).Token)
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
			"POST": w.Query(t, "", row.document, nil).Body, "an event": eventAnswer(t, w, "", row.document),
			"a message": socketAnswer(t, c, "error", row.document),
		} {
			if n := strings.Count(got, `"code":"GRAPHQL_VALIDATION_FAILED"`); n != row.faults || strings.Contains(got, "Did you mean") {
				t.Errorf("%s by %s: got %d faults, want %d: %.300s", name, way, n, row.faults, got)
			}
		}
	}
}

// eventAnswer is what an event stream answers with before it is one.
func eventAnswer(t *testing.T, w *harness.Server, token, document string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Accept": {"text/event-stream"}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return w.Do(t, http.MethodPost, "/graphql", string(body), header).Body
}

// socketAnswer sends a document over a socket, and returns what the message of a kind says that must come.
func socketAnswer(t *testing.T, c *harness.Socket, kind, document string) string {
	t.Helper()
	c.Subscribe(t, document)
	m := c.Next(t)
	if kind == "next" {
		if end := c.Next(t); end.Type != "complete" {
			return fmt.Sprintf("%+v", end)
		}
	}
	if m.Type != kind {
		return "a message of the type " + m.Type
	}
	return string(m.Payload)
}
