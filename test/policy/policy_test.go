package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// The rules are those that are written down and were reviewed.
func TestPolicyLock(t *testing.T) {
	t.Chdir(harness.Root(t))
	if out, err := harness.Command(t, "", nil, "policy", "check"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	changed := filepath.Join(t.TempDir(), "policy.lock")
	text, err := os.ReadFile("policy.lock")
	if err != nil {
		t.Fatal(err)
	}
	looser := strings.Replace(string(text), "owner | USERS_READ", "owner", 1)
	if err := os.WriteFile(changed, []byte(looser), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := harness.Command(t, "", nil, "policy", "check", "--lock", changed); err == nil || !strings.Contains(out, "is more open: was owner, is owner | USERS_READ") {
		t.Errorf("a rule that was looser: %q, %v", out, err)
	}
	if _, err := harness.Command(t, "", nil, "policy", "lock", "--lock", changed); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(changed); err != nil || string(again) != string(text) {
		t.Errorf("written anew it is another: %v\n%s", err, again)
	}
}

func TestPolicyCommands(t *testing.T) {
	environ := []string{"AUTHGRAPH_DATA_DIR=" + t.TempDir()}
	harness.Migrate(t, environ)
	if _, err := harness.Command(t, harness.Password+"\n", environ, "user", "create", "--email", "ada@example.com", "--password-stdin"); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"policy", "show"}, "Query.me "},
		{[]string{"policy", "show"}, "i  AUDIT_READ"},
		{[]string{"policy", "show", "--markdown"}, "|---|"},
		{[]string{"policy", "show", "--json"}, `"field": "Query.me"`},
		{[]string{"policy", "explain", "Query.me", "--as", "Ada@example.com"}, "signed in: holds"},
		{[]string{"policy", "explain", "User.suspendedAt", "--as", "ada@example.com"}, "USERS_READ: does not hold: the caller lacks USERS_READ"},
		{[]string{"policy", "explain", "User.locale", "--as", "ada@example.com"}, "owner: holds on the caller's own objects only"},
	} {
		if out, err := harness.Command(t, "", environ, row.args...); err != nil || !strings.Contains(out, row.want) {
			t.Errorf("%v: %v\n%.300s", row.args, err, out)
		}
	}
	for _, args := range [][]string{
		{"policy", "explain", "Query.nonsense", "--as", "ada@example.com"}, {"policy", "explain", "Query.me", "--as", "nobody@example.com"},
		{"policy", "explain", "Query.me", "--as", "nobody"},
	} {
		if out, err := harness.Command(t, "", environ, args...); err == nil {
			t.Errorf("%v: %s", args, out)
		}
	}
}

// The table of the rules fits a terminal.
func TestPolicyShow_Width(t *testing.T) {
	out, err := harness.Command(t, "", nil, "policy", "show")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out) {
		if len(line) > 101 {
			t.Errorf("%d columns, want at most 100: %s", len(line)-1, line)
		}
	}
}
