package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// However a document asks for a field, in fragments, twice, under conditions, the answer is the one that the policy gives
// to the short way.
func TestOtherWays(t *testing.T) {
	h, schema, tb := openHall(t), parsedSchema(t), shownTable(t)
	seen := 0
	for _, v := range visitors() {
		if !slices.Contains([]string{"nobody", "plain", "owner", "USERS_READ", "key", "acting"}, v.name) {
			continue
		}
		for i, w := range ways(schema) {
			// Each way in one style: the next visitor's is the next.
			s := otherStyles[(i+seen)%len(otherStyles)]
			h.look(t, schema, tb, w, v, s)
		}
		seen++
	}
	if seen != 6 {
		t.Errorf("%d visitors came", seen)
	}
}

// What is left out by a variable is neither refused nor done; what is let in by one is refused.
func TestConditions(t *testing.T) {
	w := onSQLite(t)
	ada := w.register(t, "ada@example.com", pass)
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
			got := w.query(t, ada.token, row.document, map[string]any{"on": on}).body
			if refused := strings.Contains(got, `"code":"FORBIDDEN"`); refused != (on && row.refused) || !refused && strings.Contains(got, "errors") {
				t.Errorf("%s with %v: %s", row.document, on, got)
			}
		}
	}
	if !w.counts(t, ada.token) {
		t.Error("a logout that was left out")
	}
}

// strangeIDs are ids that ada may not see, or that there are not.
func strangeIDs(bob person, roleID string) map[string]string {
	return map[string]string{
		"another's session": bob.session, "a role": roleID, "no session": "session_01m85pwve3fzste6jxy89smjc7",
		"no account": "user_01m85pwve3fzste6jxy89smjc7", "no role": "role_01m85pwve3fzste6jxy89smjc7",
		"another prefix": "session" + strings.TrimPrefix(bob.id, "user"), "no prefix": strings.TrimPrefix(bob.session, "session_"),
		"empty": "", "a prefix": "session_", "cut": bob.session[:len(bob.session)-1], "longer": bob.session + "0",
		"upper case": strings.ToUpper(bob.session), "a space": bob.session + " ", "a NUL": bob.session + "\x00", "no type": "thing_01m85pwve3fzste6jxy89smjc7",
		"not ASCII": "sëssion_01m85pwve3fzste6jxy89smjc7", "a quote": `session_' OR '1'='1`, "long": strings.Repeat("session_", 500), "a number": "1",
	}
}

// What may not be seen and what does not exist are answered alike, to the byte, wherever an id is taken.
func TestIDs(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		h := &hall{world: w, root: w.administrator(t, "root@example.com")}
		ada, bob := w.register(t, "ada@example.com", pass), w.register(t, "bob@example.com", pass)
		ids := strangeIDs(bob, h.newRole(t))
		for _, row := range []struct{ name, bearer, document, want string }{
			{"node", ada.token, `query($id: ID!) { node(id: $id) { __typename id ... on Session { id ipAddress } ... on Role { name } } }`,
				`{"data":{"node":null}}`},
			{"nodes", ada.token, `query($id: ID!) { nodes(ids: [$id, $id]) { id } }`, `{"data":{"nodes":[null,null]}}`},
			{"can", ada.token, `query($id: ID!) { can(fields: ["Session.id", "Role.name"], on: $id) { allowed code } }`,
				`{"data":{"can":[{"allowed":false,"code":"FORBIDDEN"},{"allowed":false,"code":"FORBIDDEN"}]}}`},
			{"revokeSession", ada.token, `mutation($id: ID!) { revokeSession(id: $id) { session { id } } }`, `"code":"NOT_FOUND"`},
			{"suspendUser", ada.token, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`, `"code":"FORBIDDEN"`},
			{"suspendUser by root", h.root, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`, `"code":"NOT_FOUND"`},
			{"impersonate by root", h.root, `mutation($id: ID!) { impersonate(userId: $id, reason: "x") { user { id } } }`, `"code":"NOT_FOUND"`},
		} {
			answers := map[string][]string{}
			for name, id := range ids {
				got := w.query(t, row.bearer, row.document, map[string]any{"id": id})
				if got.status != 200 || !strings.Contains(got.body, row.want) {
					t.Errorf("%s, %s: %d %s, want %s", row.name, name, got.status, got.body, row.want)
				}
				answers[got.body] = append(answers[got.body], name)
			}
			if len(answers) != 1 {
				t.Errorf("%s: the answers differ: %v", row.name, answers)
			}
		}
	})
}

// firstCursor returns the cursor of a connection's first edge.
func (a api) firstCursor(t *testing.T, bearer, document string) string {
	t.Helper()
	body := a.query(t, bearer, document, nil).body
	_, after, found := strings.Cut(body, `"cursor":"`)
	cursor, _, _ := strings.Cut(after, `"`)
	if !found || cursor == "" {
		t.Fatalf("%s: %s", document, body)
	}
	return cursor
}

// A cursor that this connection did not give out is refused, and one that was made up leads to no row of another's.
func TestCursors(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		root := w.administrator(t, "root@example.com")
		ada, bob := w.register(t, "ada@example.com", pass), w.register(t, "bob@example.com", pass)
		created := w.firstCursor(t, root, `{ users { edges { cursor } } }`)
		byEmail := w.firstCursor(t, root, `{ users(orderBy: {field: EMAIL, direction: ASC}) { edges { cursor } } }`)
		session := w.firstCursor(t, ada.token, `{ me { sessions { edges { cursor } } } }`)
		forge := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
		connections := []struct{ name, bearer, document, own string }{
			{"users", root, `query($c: String) { c: users(%s: $c) { edges { cursor } } }`, created},
			{"users by address", root, `query($c: String) { c: users(%s: $c, orderBy: {field: EMAIL, direction: DESC}) { edges { cursor } } }`, byEmail},
			{"sessions", ada.token, `query($c: String) { me { c: sessions(%s: $c) { edges { cursor } } } }`, session},
		}
		for _, c := range connections {
			bad := []string{"", "nonsense", "=", forge(""), forge("session:"), forge("user-created:1"), forge("user-created:-1:" + bob.id),
				forge("user-created:99999999999999999999:" + bob.id), forge("user-email:\x00"), forge("session:" + bob.id), c.own + "=", c.own + "\n",
				base64.StdEncoding.EncodeToString([]byte("session:" + ada.session + "?")), forge("session:" + ada.session + " "), strings.Repeat("A", 1000)}
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
					got := w.query(t, c.bearer, document, map[string]any{"c": cursor}).body
					if !strings.Contains(got, `"code":"BAD_USER_INPUT","field":"`+argument+`","reason":"CURSOR_INVALID"`) {
						t.Errorf("%s, %s %q: %s", c.name, argument, cursor, got)
					}
				}
				if got := w.query(t, c.bearer, document, map[string]any{"c": c.own}).body; strings.Contains(got, "errors") {
					t.Errorf("%s, its own: %s", c.name, got)
				}
			}
		}
		for _, argument := range []string{"after", "before"} {
			document := `query($c: String) { me { sessions(` + argument + `: $c) { edges { node { id } } } } }`
			got := w.query(t, ada.token, document, map[string]any{"c": forge("session:" + bob.session)}).body
			if strings.Contains(got, bob.session) || strings.Contains(got, "errors") {
				t.Errorf("from the place of another's session: %s", got)
			}
		}
	})
}

// Each payload of a document is seen with its own eyes, and every other field of it with those of the header's caller.
func TestTwoLogins(t *testing.T) {
	worldsWith(t, []string{"AUTHGRAPH_DOCUMENT_MUTATIONS=6"}, func(t *testing.T, w *world) {
		root := w.administrator(t, "root@example.com")
		ada := w.register(t, "ada@example.com", pass)
		w.register(t, "bob@example.com", pass)
		const document = `mutation($a: LoginInput!, $b: LoginInput!, $bad: LoginInput!, $ada: ID!) {
			before: revokeUserSessions(id: $ada) { user { email locale suspendedAt } }
			a: login(input: $a) { user { ...u } session { current } }
			between: createRole(input: {name: "between", permissions: []}) { role { name } }
			wrong: login(input: $bad) { user { ...u } }
			b: login(input: $b) { session { current } user { ...u } }
			after: revokeUserSessions(id: $ada) { user { email hasPassword } }
		} fragment u on User { email hasPassword suspendedAt sessions { edges { node { current } } } }`
		login := func(email, pass string) map[string]any { return map[string]any{"email": email, "password": pass} }
		variables := map[string]any{"a": login("ada@example.com", pass), "b": login("bob@example.com", pass), "bad": login("bob@example.com", "wrong"), "ada": ada.id}
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
			got := w.query(t, row.bearer, document, variables)
			var a graphQLAnswer
			if err := json.Unmarshal([]byte(got.body), &a); err != nil {
				t.Fatal(err, got.body)
			}
			errors := map[string]string{}
			for _, e := range a.Errors {
				errors[pathOf(e.Path)] = e.Extensions.Code
			}
			if fmt.Sprint(errors) != fmt.Sprint(row.errors) {
				t.Errorf("%s: got %v\nwant %v\n%s", name, errors, row.errors, got.body)
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
