package policydoc_test

import (
	"encoding/json"
	"strings"
	"testing"

	"authgraph/auth"
	"authgraph/auth/policydoc"
)

func TestTable(t *testing.T) {
	p, err := compile(t, locked)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := policydoc.WriteJSON(&text, p, policydoc.Columns([]string{"READ", "WRITE"})); err != nil {
		t.Fatal(err)
	}
	var rows []policydoc.Row
	if err := json.Unmarshal([]byte(text.String()), &rows); err != nil {
		t.Fatal(err)
	}
	got := map[string]policydoc.Row{}
	for _, row := range rows {
		got[row.Field] = row
	}
	for field, want := range map[string]map[string]auth.Code{
		"Query.open": {"nobody": "", "signed in": ""},
		"Query.me":   {"nobody": auth.Unauthenticated, "signed in": "", "all, one factor of two": auth.SecondFactorRequired, "all, by API key": "", "all, as another": ""},
		"User.email": {
			"nobody": auth.Unauthenticated, "signed in": auth.Forbidden, "owner": "", "READ": "", "WRITE": auth.Forbidden, "all": "",
			"all, proven long ago": "", "all, by API key": "",
		},
		"User.deep": {"all": auth.SecondFactorRequired, "all, by API key": auth.Forbidden},
		"Mutation.give": {
			"signed in": auth.Forbidden, "READ": auth.Forbidden, "all": "", "all, proven long ago": auth.ReauthenticationRequired,
			"all, by API key": auth.Forbidden, "all, as another": auth.Forbidden,
		},
		"Session.id": {"owner": "", "READ": auth.Forbidden, "all, by API key": auth.Forbidden, "all, as another": ""},
	} {
		for column, code := range want {
			if got := got[field].Access[column]; got != code {
				t.Errorf("%s by %s: got %q, want %q", field, column, got, code)
			}
		}
	}
	text.Reset()
	if err := policydoc.WriteTable(&text, p, policydoc.Columns([]string{"READ", "WRITE"}), true); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	if len(lines) != len(rows)+2 || !strings.Contains(text.String(), "prove again") || !strings.Contains(text.String(), "2nd factor") {
		t.Errorf("got %d lines, want %d:\n%s", len(lines), len(rows)+2, text.String())
	}
}

// unspaced removes the spaces, since a line ends behind a slash, too.
func unspaced(text string) string { return strings.ReplaceAll(text, " ", "") }

// The table has at most 100 columns, whatever the rules and callers are, and says all that Table does.
func TestWriteTable(t *testing.T) {
	many := make([]string, 40)
	for i := range many {
		many[i] = "A_PERMISSION_WITH_A_LONG_NAME_" + strings.Repeat("X", i)
	}
	long := "\ntype Long @auth(permissions: [READ], roles: [" + strings.Repeat(`"a-role-with-a-name" `, 9) + `"` + strings.Repeat("x", 150) + `"` + `]) @auth(owner: true) { id: ID }`
	p, err := compile(t, locked+long)
	if err != nil {
		t.Fatal(err)
	}
	for _, permissions := range [][]string{{"READ", "WRITE"}, many} {
		columns := policydoc.Columns(permissions)
		var b strings.Builder
		if err := policydoc.WriteTable(&b, p, columns, false); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if len(line) > 101 && !strings.Contains(line, "A_PERMISSION") { // with the line's end; names of callers are as they are
				t.Errorf("%d columns: %s", len(line)-1, line)
			}
		}
		head, body, _ := strings.Cut(b.String(), "\n\n")
		names := map[byte]string{}
		for line := range strings.Lines(head) {
			if len(line) > 3 && line[1:3] == "  " {
				names[line[0]] = strings.TrimSpace(line[3:])
			}
		}
		if len(names) != len(columns) {
			t.Fatalf("the table names %d callers, want %d", len(names), len(columns))
		}
		table := strings.SplitAfter(body, "\n")
		last := strings.Fields(table[0])[2]
		got := map[string]string{}
		for _, line := range table[1:] {
			field, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			got[field] = strings.TrimSpace(got[field] + " " + strings.Join(strings.Fields(rest), " "))
		}
		for _, row := range policydoc.Table(p, columns) {
			marks := ""
			for i := range last {
				switch row.Access[names[last[i]]] {
				case "":
					marks += last[i : i+1]
				case auth.SecondFactorRequired:
					marks += "2"
				case auth.ReauthenticationRequired:
					marks += "!"
				default:
					marks += "-"
				}
			}
			if text := got[row.Field]; strings.Count(text, marks) != 1 || unspaced(strings.Replace(text, marks, "", 1)) != unspaced(row.Rule) {
				t.Errorf("%s: got %q, want %q and %q", row.Field, text, row.Rule, marks)
			}
		}
	}
}
