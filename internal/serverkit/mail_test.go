package serverkit

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authgraph/config"
)

// A server does not start with a template that does not compile. The error names file and line.
func TestMails_TemplateFault(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "de"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "de", "login_link.txt"), []byte("\n{{define}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load([]string{"AUTHGRAPH_MAIL_TEMPLATES=" + folder, "AUTHGRAPH_DATA_DIR=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(folder, "de", "login_link.txt") + ":2"
	if _, err := Open(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAnnounce_Mailbox(t *testing.T) {
	for name, row := range map[string]struct {
		environ []string
		want    bool
	}{
		"development": {nil, true},
		"with a mail server": {[]string{
			"AUTHGRAPH_SMTP_URL=smtp://localhost", "AUTHGRAPH_MAIL_FROM=a@example.com",
		}, false},
		"production": {[]string{
			"AUTHGRAPH_MODE=production", "AUTHGRAPH_ISSUER=https://accounts.test",
			"AUTHGRAPH_SECRETS=a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		}, false},
	} {
		c, err := config.Load(row.environ)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		announce(&out, c, "127.0.0.1:8080")
		if got := strings.Contains(out.String(), "Mailbox     http://127.0.0.1:8080/dev/mail\n"); got != row.want {
			t.Errorf("%s: got %q, want the mailbox: %v", name, out.String(), row.want)
		}
	}
}
