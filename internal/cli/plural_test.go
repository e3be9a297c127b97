package cli

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"authgraph/db"
)

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "0 problems", 1: "1 problem", 2: "2 problems", 1000: "1000 problems"} {
		if got := plural(n, "problem", "problems"); got != want {
			t.Errorf("plural(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestAuditReport_CountsInWords(t *testing.T) {
	for count, want := range map[int]string{1: "the audit log is not sound: 1 problem", 2: "the audit log is not sound: 2 problems"} {
		if got := (errUnsound{count}).Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	var out bytes.Buffer
	if err := printReport(&out, db.AuditReport{Before: 1}, 1); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Unproven  1 record from", "Compared  with 1 anchor that was kept elsewhere"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, &out)
		}
	}
}

// A count next to a plural is printed by plural, because it may be 1.
func TestCommands_CountByPlural(t *testing.T) {
	count := regexp.MustCompile(`"[^"\n]*%d [a-z]+s\b[^"\n]*"`)
	for _, name := range []string{
		"audit.go", "operations.go", "policy.go", "schema.go", "keys.go", "secret.go", "migrate.go", "vacuum.go",
		"../serverkit/database.go", "../serverkit/administrator.go",
	} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := count.Find(source); found != nil {
			t.Errorf("%s prints a count without plural: %s", name, found)
		}
	}
}
