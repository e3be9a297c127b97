package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authgraph/account"
	"authgraph/test/harness"
)

func TestAdministration(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		keeper, keeperID := w.WithRole(t, root, "keeper@example.com", "keeper", account.UsersWrite, account.RolesWrite, account.SessionsRevoke)
		rootID := w.AccountID(t, root)
		long := strings.Repeat("ä", 501)
		for _, row := range []struct {
			name, bearer, document string
			variables              map[string]any
			want                   string
		}{
			{"suspend", root, `mutation($id: ID!) { suspendUser(id: $id, reason: "spam") { user { id suspendedAt } } }`,
				map[string]any{"id": ada.ID}, `{"data":{"suspendUser":{"user":{"id":"` + ada.ID + `","suspendedAt":"20`},
			{"log in while suspended", "", harness.LoginDocument,
				map[string]any{"i": map[string]any{"email": "ada@example.com", "password": harness.Password}}, `"code":"ACCOUNT_SUSPENDED"`},
			{"reinstate", root, `mutation($id: ID!) { reinstateUser(id: $id) { user { suspendedAt } } }`,
				map[string]any{"id": ada.ID}, `{"data":{"reinstateUser":{"user":{"suspendedAt":null}}}}`},
			{"log in again", "", harness.LoginDocument,
				map[string]any{"i": map[string]any{"email": "ada@example.com", "password": harness.Password}}, `"user":{"email":"ada@example.com"}`},
			{"suspend, in too many words", root, `mutation($id: ID!, $r: String) { suspendUser(id: $id, reason: $r) { user { id } } }`,
				map[string]any{"id": ada.ID, "r": long}, `"code":"BAD_USER_INPUT","field":"reason","reason":"VALUE_TOO_LONG"`},
			{"suspend nobody", root, `mutation { suspendUser(id: "user_01m85pwve3fzste6jxy89smjc7") { user { id } } }`, nil, `"code":"NOT_FOUND"`},
			{"suspend no id", root, `mutation { suspendUser(id: "nonsense") { user { id } } }`, nil, `"code":"NOT_FOUND"`},
			{"suspend a session", root, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`,
				map[string]any{"id": ada.Session}, `"code":"NOT_FOUND"`},
			{"suspend the last administrator", root, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`,
				map[string]any{"id": rootID}, `"code":"CONFLICT","reason":"LAST_ADMINISTRATOR"`},
			{"demote the last administrator", root, `mutation($id: ID!) { setUserRoles(id: $id, roles: []) { user { id } } }`,
				map[string]any{"id": rootID}, `"code":"CONFLICT","reason":"LAST_ADMINISTRATOR"`},
			{"delete the last administrator", root, `mutation($id: ID!) { deleteUser(id: $id) { erasedAt } }`,
				map[string]any{"id": rootID}, `"code":"CONFLICT","reason":"LAST_ADMINISTRATOR"`},
			{"suspend without the permission", ada.Token, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`,
				map[string]any{"id": keeperID}, `UNAUTHENTICATED`}, // her sessions ended
			{"suspend one who holds more", keeper, `mutation($id: ID!) { suspendUser(id: $id) { user { id } } }`,
				map[string]any{"id": rootID}, `"code":"FORBIDDEN"`},
			{"give oneself more", keeper, `mutation($id: ID!) { setUserRoles(id: $id, roles: ["admin"]) { user { id } } }`,
				map[string]any{"id": keeperID}, `"code":"FORBIDDEN"`},
			{"give a role that there is not", root, `mutation($id: ID!) { setUserRoles(id: $id, roles: ["nonsense"]) { user { id } } }`,
				map[string]any{"id": ada.ID}, `"code":"BAD_USER_INPUT","field":"roles","reason":"VALUE_INVALID"`},
			{"roles", root, `{ roles { id name builtIn permissions } }`, nil, `"name":"keeper","builtIn":false,"permissions":["USERS_WRITE","ROLES_WRITE","SESSIONS_REVOKE"]`},
			{"a name and a description that are none", root, `mutation($d: String) { createRole(input: {name: "Ä", description: $d, permissions: []}) { role { id } } }`,
				map[string]any{"d": long}, `"field":"input.description","reason":"VALUE_TOO_LONG"`},
			{"a name that is none", root, `mutation { createRole(input: {name: "Admin", permissions: []}) { role { id } } }`, nil,
				`"field":"input.name","reason":"VALUE_INVALID"`},
			{"a name that there is", root, `mutation { createRole(input: {name: "keeper", permissions: []}) { role { id } } }`, nil,
				`"code":"CONFLICT","field":"input.name"`},
			{"end sessions", keeper, `mutation($id: ID!) { revokeUserSessions(id: $id) { user { id } endedSessionIds } }`,
				map[string]any{"id": ada.ID}, `"endedSessionIds":["session_`},
			{"delete", root, `mutation($id: ID!) { deleteUser(id: $id) { deletedUserId erasedAt } }`,
				map[string]any{"id": ada.ID}, `{"data":{"deleteUser":{"deletedUserId":"` + ada.ID + `","erasedAt":"20`},
			{"log in when deleted", "", harness.LoginDocument,
				map[string]any{"i": map[string]any{"email": "ada@example.com", "password": harness.Password}}, `"code":"INVALID_CREDENTIALS"`},
			{"delete again", root, `mutation($id: ID!) { deleteUser(id: $id) { erasedAt } }`, map[string]any{"id": ada.ID}, `"code":"NOT_FOUND"`},
		} {
			if got := w.Query(t, row.bearer, row.document, row.variables); !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s\nwant %s", row.name, got.Body, row.want)
			}
		}
	})
}

// A change of a role applies at once to all who have it, and what is left out stays.
func TestRole_Change(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		reader, _ := w.WithRole(t, root, "reader@example.com", "reader", account.UsersRead)
		id := regexp.MustCompile(`role_\w+`).FindString(
			regexp.MustCompile(`"id":"role_\w+","name":"reader"`).FindString(w.Query(t, root, `{ roles { id name } }`, nil).Body))
		update := func(input string) string {
			return w.Query(t, root, `mutation { updateRole(id: "`+id+`", input: `+input+`) { role { description permissions } } }`, nil).Body
		}
		may := func() bool {
			return strings.Contains(w.Query(t, reader, `{ users(first: 1) { edges { node { id } } } }`, nil).Body, `"edges":[{`)
		}
		if !may() {
			t.Fatal("who has the role may not")
		}
		for _, row := range []struct {
			input, want string
			may         bool
		}{
			{`{description: "Reads."}`, `{"description":"Reads.","permissions":["USERS_READ"]}`, true},
			{`{permissions: [AUDIT_READ]}`, `{"description":"Reads.","permissions":["AUDIT_READ"]}`, false},
			{`{permissions: [USERS_READ], description: null}`, `{"description":null,"permissions":["USERS_READ"]}`, true},
			{`{}`, `{"description":null,"permissions":["USERS_READ"]}`, true},
			{`{permissions: null}`, `{"description":null,"permissions":[]}`, false},
			{`{permissions: [USERS_READ]}`, `{"description":null,"permissions":["USERS_READ"]}`, true},
		} {
			if got := update(row.input); !strings.Contains(got, row.want) || may() != row.may {
				t.Errorf("%s: got %s, may %v\nwant %s", row.input, got, may(), row.want)
			}
		}
		if got := w.Query(t, root, `mutation { deleteRole(id: "`+id+`") { deletedRoleId } }`, nil).Body; !strings.Contains(got, id) || may() {
			t.Errorf("deleted: %s, and may %v", got, may())
		}
		if got := update(`{}`); !strings.Contains(got, "NOT_FOUND") {
			t.Errorf("of one that is gone: %s", got)
		}
	})
}

// userPage is a page of `users`.
type userPage struct {
	Edges []struct {
		Cursor string
		Node   struct{ ID, Email string }
	}
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
	TotalCount *int
}

func listUsers(t *testing.T, w *harness.Server, bearer, arguments string) (userPage, harness.Response) {
	t.Helper()
	got := w.Query(t, bearer, `{ users`+arguments+` { edges { cursor node { id email } }
		pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`, nil)
	var data struct{ Data struct{ Users userPage } }
	if err := json.Unmarshal([]byte(got.Body), &data); err != nil {
		t.Fatalf("%s: %v", got.Body, err)
	}
	return data.Data.Users, got
}

// Pages in both directions and orders hold every account once, while others come and go.
func TestUsers_Pages(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		want := []string{"root@example.com"}
		for i := range 9 {
			email := fmt.Sprintf("%c@example.com", 'j'-rune(i))
			w.Register(t, email, harness.Password)
			want = append(want, email)
		}
		byEmail := slices.Sorted(slices.Values(want))
		newest := slices.Clone(want)
		slices.Reverse(newest)
		for _, row := range []struct {
			order string
			want  []string
		}{
			{"", newest},
			{", orderBy: {field: CREATED_AT, direction: ASC}", want},
			{", orderBy: {field: CREATED_AT, direction: DESC}", newest},
			{", orderBy: {field: EMAIL, direction: ASC}", byEmail},
		} {
			for name, arguments := range map[string]func(cursor string) string{
				"forwards":  func(c string) string { return `(first: 3` + cursorArgument("after", c) + row.order + `)` },
				"backwards": func(c string) string { return `(last: 3` + cursorArgument("before", c) + row.order + `)` },
			} {
				var got []string
				for cursor, n := "", 0; n < 9; n++ {
					page, a := listUsers(t, w, root, arguments(cursor))
					var emails []string
					for _, e := range page.Edges {
						emails = append(emails, e.Node.Email)
					}
					if n == 1 { // an account added in between shifts no later page
						w.Register(t, fmt.Sprintf("zz%s%d@example.com", name, len(row.order)+len(row.want[0])), harness.Password)
					}
					if name == "backwards" {
						got = append(emails, got...)
						cursor = *page.PageInfo.StartCursor
						if !page.PageInfo.HasPreviousPage {
							break
						}
						continue
					}
					got = append(got, emails...)
					if cursor = *page.PageInfo.EndCursor; !page.PageInfo.HasNextPage {
						break
					}
					if len(emails) != 3 {
						t.Fatalf("%s%s: %s", name, row.order, a.Body)
					}
				}
				got = slices.DeleteFunc(got, func(email string) bool { return strings.HasPrefix(email, "zz") })
				if !slices.Equal(got, row.want) {
					t.Errorf("%s%s: got %v\nwant %v", name, row.order, got, row.want)
				}
			}
		}
	})
}

func cursorArgument(name, cursor string) string {
	if cursor == "" {
		return ""
	}
	return `, ` + name + `: "` + cursor + `"`
}

func TestUsers_BadInput(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		w.Register(t, "ada@example.com", harness.Password)
		byEmail, _ := listUsers(t, w, root, `(first: 1, orderBy: {field: EMAIL, direction: ASC})`)
		byTime, _ := listUsers(t, w, root, `(first: 1)`)
		sessions := w.Query(t, root, `{ me { sessions { pageInfo { endCursor } } } }`, nil)
		ofSession := regexp.MustCompile(`"endCursor":"([^"]+)"`).FindStringSubmatch(sessions.Body)[1]
		email, time := *byEmail.PageInfo.EndCursor, *byTime.PageInfo.EndCursor
		for name, row := range map[string]struct{ arguments, want string }{
			"both ends":             {`(first: 1, last: 1)`, `"field":"last","reason":"VALUE_INVALID"`},
			"negative":              {`(first: -1)`, `"field":"first","reason":"VALUE_INVALID"`},
			"too many":              {`(last: 101)`, `"field":"last","reason":"VALUE_INVALID"`},
			"of the other order":    {`(after: "` + email + `")`, `"field":"after","reason":"CURSOR_INVALID"`},
			"of the first order":    {`(before: "` + time + `", orderBy: {field: EMAIL, direction: ASC})`, `"field":"before","reason":"CURSOR_INVALID"`},
			"truncated":             {`(after: "` + time[:len(time)-1] + `")`, `CURSOR_INVALID`},
			"of sessions":           {`(after: "` + ofSession + `")`, `CURSOR_INVALID`},
			"empty":                 {`(after: "")`, `CURSOR_INVALID`},
			"NUL":                   {`(after: "\u0000")`, `CURSOR_INVALID`},
			"forged":                {`(after: "dXNlci1jcmVhdGVkOi0xOnVzZXJfMDFtODVwd3ZlM2Z6c3RlNmp4eTg5c21qYzc")`, `CURSOR_INVALID`}, // a time before all
			"forged, with NUL":      {`(after: "dXNlci1lbWFpbDphAGI", orderBy: {field: EMAIL, direction: ASC})`, `CURSOR_INVALID`},
			"an unknown role":       {`(filter: {role: "nonsense"})`, `"edges":[]`},
			"null filters":          {`(filter: {role: null, query: null, suspended: null})`, `"totalCount":2`},
			"a filter that is null": {`(filter: null)`, `"totalCount":2`},
			"the beginning":         {`(filter: {query: "ADA@"})`, `"totalCount":1`},
		} {
			if _, a := listUsers(t, w, root, row.arguments); !strings.Contains(a.Body, row.want) {
				t.Errorf("%s: got %s\nwant %s", name, a.Body, row.want)
			}
		}
	})
}

// Each permission shows its own fields: the connection is FORBIDDEN as a whole, and a page costs no query for each account.
func TestUsers_Forbidden(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	got := w.Query(t, ada.Token, `{ me { id } users { totalCount } roles { name } }`, nil)
	for _, want := range []string{`"me":{"id":"` + ada.ID, `"users":null`, `"roles":null`, `"path":["users"]`, `"path":["roles"]`, "FORBIDDEN"} {
		if got.Status != http.StatusOK || !strings.Contains(got.Body, want) {
			t.Errorf("got %s, want %s", got.Body, want)
		}
	}
}
