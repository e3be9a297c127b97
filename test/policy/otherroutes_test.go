package policy

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// However a document asks for a field, in fragments, twice, under conditions, the answer is the one that the policy gives
// to the short way.
func TestOtherWays(t *testing.T) {
	h, schema, tb := openFixture(t), harness.Schema(t), shownTable(t)
	seen := 0
	for _, v := range callers() {
		if !slices.Contains([]string{"nobody", "plain", "owner", "USERS_READ", "key", "acting"}, v.name) {
			continue
		}
		for i, w := range routes(schema) {
			// Each route in one style: the next caller's is the next.
			s := otherStyles[(i+seen)%len(otherStyles)]
			h.look(t, schema, tb, w, v, s)
		}
		seen++
	}
	if seen != 6 {
		t.Errorf("%d callers were tried", seen)
	}
}

// A field that a variable skips is neither refused nor resolved. A field that a variable includes is refused.
func TestConditions(t *testing.T) {
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	for _, row := range []struct {
		document string
		refused  bool // where $on is true
	}{
		{`query($on: Boolean!) { me { id } users @include(if: $on) { totalCount } }`, true},
		{`query($on: Boolean!) { me { id } ... on Query @include(if: $on) { users { totalCount } } }`, true},
		{`query($on: Boolean!) { me { id } ...f @include(if: $on) } fragment f on Query { users { totalCount } }`, true},
		{`query($on: Boolean!) { me { id suspendedAt @include(if: $on) } }`, true},
		{`query($on: Boolean!) { me { id email @include(if: $on) } }`, false},
		{`query($on: Boolean!) { me { id } roles @include(if: $on) @skip(if: $on) { id } }`, false},
		{`mutation($on: Boolean!) { logout(refreshToken: "x", scope: CURRENT) @include(if: false) { endedSessionIds }
			suspendUser(id: "x") @include(if: $on) { user { id } } }`, true},
	} {
		for _, on := range []bool{true, false} {
			got := w.Query(t, ada.Token, row.document, map[string]any{"on": on}).Body
			if refused := strings.Contains(got, `"code":"FORBIDDEN"`); refused != (on && row.refused) {
				t.Errorf("%s with %v: %s", row.document, on, got)
			} else if !refused && strings.Contains(got, "errors") {
				t.Errorf("%s with %v: %s", row.document, on, got)
			}
		}
	}
	if !w.TokenValid(t, ada.Token) {
		t.Error("a logout that was left out")
	}
}

// strangeIDs are ids that ada may not see, or that there are not.
func strangeIDs(bob harness.Account, roleID string) map[string]string {
	return map[string]string{
		"another's session": bob.Session, "a role": roleID, "no session": "session_01m85pwve3fzste6jxy89smjc7",
		"no account": "user_01m85pwve3fzste6jxy89smjc7", "no role": "role_01m85pwve3fzste6jxy89smjc7",
		"another prefix": "session" + strings.TrimPrefix(bob.ID, "user"), "no prefix": strings.TrimPrefix(bob.Session, "session_"),
		"empty": "", "a prefix": "session_", "cut": bob.Session[:len(bob.Session)-1], "longer": bob.Session + "0",
		"upper case": strings.ToUpper(bob.Session), "a space": bob.Session + " ", "a NUL": bob.Session + "\x00", "no type": "thing_01m85pwve3fzste6jxy89smjc7",
		"not ASCII": "sëssion_01m85pwve3fzste6jxy89smjc7", "a quote": `session_' OR '1'='1`, "long": strings.Repeat("session_", 500), "a number": "1",
	}
}

// Hidden and missing objects have the same response, to the byte, wherever an id is accepted.
func TestIDs(t *testing.T) {
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		h := &fixture{Server: w, root: w.Administrator(t, "root@example.com")}
		ada, bob := w.Register(t, "ada@example.com", harness.Password), w.Register(t, "bob@example.com", harness.Password)
		ids := strangeIDs(bob, h.newRole(t))
		for _, row := range []struct{ name, bearer, document, want string }{
			{"node", ada.Token, `query($id: ID!) { node(id: $id) { __typename id ... on Session { id ipAddress } ... on Role { name } } }`,
				`{"data":{"node":null}}`},
			{"nodes", ada.Token, `query($id: ID!) { nodes(ids: [$id, $id]) { id } }`, `{"data":{"nodes":[null,null]}}`},
			{"can", ada.Token, `query($id: ID!) { can(fields: ["Session.id", "Role.name"], on: $id) { allowed code } }`,
				`{"data":{"can":[{"allowed":false,"code":"FORBIDDEN"},{"allowed":false,"code":"FORBIDDEN"}]}}`},
			{"revokeSession", ada.Token, `mutation($id: ID!) { revokeSession(id: $id) { session { id } } }`, `"code":"NOT_FOUND"`},
			{"suspendUser", ada.Token, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`, `"code":"FORBIDDEN"`},
			{"suspendUser by root", h.root, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`, `"code":"NOT_FOUND"`},
			{"impersonate by root", h.root, `mutation($id: ID!) { impersonate(userId: $id, reason: "x") { user { id } } }`, `"code":"NOT_FOUND"`},
		} {
			answers := map[string][]string{}
			for name, id := range ids {
				got := w.Query(t, row.bearer, row.document, map[string]any{"id": id})
				if got.Status != 200 || !strings.Contains(got.Body, row.want) {
					t.Errorf("%s, %s: %d %s, want %s", row.name, name, got.Status, got.Body, row.want)
				}
				answers[got.Body] = append(answers[got.Body], name)
			}
			if len(answers) != 1 {
				t.Errorf("%s: the answers differ: %v", row.name, answers)
			}
		}
	})
}

// firstCursor returns the cursor of a connection's first edge.
func firstCursor(t *testing.T, a harness.API, bearer, document string) string {
	t.Helper()
	body := a.Query(t, bearer, document, nil).Body
	_, after, found := strings.Cut(body, `"cursor":"`)
	cursor, _, _ := strings.Cut(after, `"`)
	if !found || cursor == "" {
		t.Fatalf("%s: %s", document, body)
	}
	return cursor
}

// A cursor that this connection did not give out is refused, and one that was made up leads to no row of another's.
func TestCursors(t *testing.T) {
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada, bob := w.Register(t, "ada@example.com", harness.Password), w.Register(t, "bob@example.com", harness.Password)
		created := firstCursor(t, w.API, root, `{ users { edges { cursor } } }`)
		byEmail := firstCursor(t, w.API, root, `{ users(orderBy: {field: EMAIL, direction: ASC}) { edges { cursor } } }`)
		session := firstCursor(t, w.API, ada.Token, `{ me { sessions { edges { cursor } } } }`)
		forge := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
		connections := []struct{ name, bearer, document, own string }{
			{"users", root, `query($c: String) { c: users(%s: $c) { edges { cursor } } }`, created},
			{"users by address", root, `query($c: String) { c: users(%s: $c, orderBy: {field: EMAIL, direction: DESC}) { edges { cursor } } }`, byEmail},
			{"sessions", ada.Token, `query($c: String) { me { c: sessions(%s: $c) { edges { cursor } } } }`, session},
		}
		for _, c := range connections {
			bad := []string{"", "nonsense", "=", forge(""), forge("session:"), forge("user-created:1"), forge("user-created:-1:" + bob.ID),
				forge("user-created:99999999999999999999:" + bob.ID), forge("user-email:\x00"), forge("session:" + bob.ID), c.own + "=", c.own + "\n",
				base64.StdEncoding.EncodeToString([]byte("session:" + ada.Session + "?")), forge("session:" + ada.Session + " "), strings.Repeat("A", 1000)}
			for _, other := range []string{created, byEmail, session} {
				if other != c.own {
					bad = append(bad, other)
				}
			}
			for n := range len(c.own) { // by address, every beginning of an address is a place
				if c.name != "users by address" {
					bad = append(bad, c.own[:n])
				}
			}
			for _, argument := range []string{"after", "before"} {
				document := fmt.Sprintf(c.document, argument)
				for _, cursor := range bad {
					got := w.Query(t, c.bearer, document, map[string]any{"c": cursor}).Body
					if !strings.Contains(got, `"code":"BAD_USER_INPUT","field":"`+argument+`","reason":"CURSOR_INVALID"`) {
						t.Errorf("%s, %s %q: %s", c.name, argument, cursor, got)
					}
				}
				if got := w.Query(t, c.bearer, document, map[string]any{"c": c.own}).Body; strings.Contains(got, "errors") {
					t.Errorf("%s, its own: %s", c.name, got)
				}
			}
		}
		for _, argument := range []string{"after", "before"} {
			document := `query($c: String) { me { sessions(` + argument + `: $c) { edges { node { id } } } } }`
			got := w.Query(t, ada.Token, document, map[string]any{"c": forge("session:" + bob.Session)}).Body
			if strings.Contains(got, bob.Session) || strings.Contains(got, "errors") {
				t.Errorf("from the place of another's session: %s", got)
			}
		}
	})
}

// Each payload of a document is seen with its own eyes, and every other field of it with those of the header's caller.
func TestTwoLogins(t *testing.T) {
	harness.EachDatabaseWith(t, []string{"AUTHGRAPH_DOCUMENT_MUTATIONS=6"}, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		w.Register(t, "bob@example.com", harness.Password)
		const document = `mutation($a: LoginInput!, $b: LoginInput!, $bad: LoginInput!, $ada: ID!) {
			before: revokeUserSessions(id: $ada) { user { email locale suspendedAt } }
			a: login(input: $a) { user { ...u } session { current } }
			between: createRole(input: {name: "between", permissions: []}) { role { name } }
			wrong: login(input: $bad) { user { ...u } }
			b: login(input: $b) { session { current } user { ...u } }
			after: revokeUserSessions(id: $ada) { user { email hasPassword } }
		} fragment u on User { email hasPassword suspendedAt sessions { edges { node { current } } } }`
		login := func(email, pass string) map[string]any { return map[string]any{"email": email, "password": pass} }
		variables := map[string]any{"a": login("ada@example.com", harness.Password), "b": login("bob@example.com", harness.Password), "bad": login("bob@example.com", "wrong"), "ada": ada.ID}
		for name, row := range map[string]struct {
			bearer string
			errors map[string]string
		}{
			"root": {root, map[string]string{
				"before.user.locale": "FORBIDDEN", "a.user.suspendedAt": "FORBIDDEN", "wrong": "INVALID_CREDENTIALS",
				"b.user.suspendedAt": "FORBIDDEN", "after.user.hasPassword": "FORBIDDEN",
			}},
			"nobody": {"", map[string]string{
				"before": "UNAUTHENTICATED", "a.user.suspendedAt": "FORBIDDEN", "between": "UNAUTHENTICATED",
				"wrong": "INVALID_CREDENTIALS", "b.user.suspendedAt": "FORBIDDEN", "after": "UNAUTHENTICATED",
			}},
		} {
			got := w.Query(t, row.bearer, document, variables)
			var a graphQLAnswer
			if err := json.Unmarshal([]byte(got.Body), &a); err != nil {
				t.Fatal(err, got.Body)
			}
			errors := map[string]string{}
			for _, e := range a.Errors {
				errors[pathOf(e.Path)] = e.Extensions.Code
			}
			if fmt.Sprint(errors) != fmt.Sprint(row.errors) {
				t.Errorf("%s: got %v\nwant %v\n%s", name, errors, row.errors, got.Body)
			}
			for alias, email := range map[string]string{"a": "ada@example.com", "b": "bob@example.com"} {
				payload, _ := a.Data[alias].(map[string]any)
				user, _ := payload["user"].(map[string]any)
				session, _ := payload["session"].(map[string]any)
				if user["email"] != email || user["hasPassword"] != true || session["current"] != true {
					t.Errorf("%s: %s shows %v", name, alias, payload)
				}
				sessions, err := json.Marshal(user["sessions"])
				if err != nil || strings.Count(string(sessions), `"current":true`) != 1 {
					t.Errorf("%s: %s: one session is current: %s", name, alias, sessions)
				}
			}
		}
	})
}
