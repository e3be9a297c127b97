package auth_test

import (
	"encoding/json"
	"strings"
	"testing"

	"authgraph/auth"
)

func TestPolicy_Table(t *testing.T) {
	p, err := compile(t, locked)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := p.WriteJSON(&text, auth.Columns([]string{"READ", "WRITE"})); err != nil {
		t.Fatal(err)
	}
	var rows []auth.Row
	if err := json.Unmarshal([]byte(text.String()), &rows); err != nil {
		t.Fatal(err)
	}
	got := map[string]auth.Row{}
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
	for _, markdown := range []bool{false, true} {
		text.Reset()
		if err := p.WriteTable(&text, auth.Columns([]string{"READ", "WRITE"}), markdown); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(text.String()), "\n")
		if want := len(rows) + 1; len(lines) != want && !(markdown && len(lines) == want+1) {
			t.Errorf("%d lines, want %d", len(lines), want)
		}
		if !strings.Contains(text.String(), "prove again") || !strings.Contains(text.String(), "2nd factor") {
			t.Errorf("got\n%s", text.String())
		}
	}
}
