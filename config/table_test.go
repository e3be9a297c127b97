package config

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	table := Table()
	all := settings()
	if got, want := strings.Count(table, "\n"), len(all)+2; got != want {
		t.Errorf("got %d lines, want %d", got, want)
	}
	if len(meanings) != len(all) {
		t.Errorf("got %d meanings, want one for each of %d settings", len(meanings), len(all))
	}
	for _, s := range all {
		if s.name == "" {
			t.Errorf("the field %s names no variable", s.field.Name)
		}
		if meanings[s.name] == "" {
			t.Errorf("%s has no meaning", s.name)
		}
		if strings.Contains(meanings[s.name], "|") {
			t.Errorf("%s: its meaning breaks the table", s.name)
		}
	}
	for _, want := range []string{
		"| `AUTHGRAPH_BCRYPT_COST` | `12` | bcrypt cost of password hashes. Each step doubles the time. From 10 to 15. |\n",
		"| `AUTHGRAPH_PLAYGROUND` | `true` | ",
		"| `DATABASE_URL` |  | Empty: SQLite in the data folder.",
		"`AUTHGRAPH_SECRETS_FILE` may name a file",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("got\n%s\nwant in it %q", table, want)
		}
	}
}
