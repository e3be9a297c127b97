package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"authgraph/account"
	"authgraph/internal/seal"
	"authgraph/internal/smtptest"
	"authgraph/mail"
	"authgraph/test/harness"
)

// queueMail queues a mail, as a use case would.
func queueMail(t *testing.T, w *harness.Server, m account.NewMail) {
	t.Helper()
	box, err := seal.New([]seal.Secret{{ID: "test"}}) // the harness's
	if err != nil {
		t.Fatal(err)
	}
	if err := w.App.Store.AddMails(t.Context(), account.NewOutbox(box).Seal(m)); err != nil {
		t.Fatal(err)
	}
}

// In development a queued mail appears on /dev/mail, and in the log with its link.
func TestMail_Development(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	queueMail(t, w, account.NewMail{
		Kind: mail.ResetPassword, To: "ada@example.org", Locale: "de", Data: mail.Data{Token: "T0KEN", ValidFor: time.Hour},
	})
	var mails []struct{ To, Link, Subject, Kind string }
	eventually(t, "the mail", func() bool {
		got := w.Do(t, http.MethodGet, "/dev/mail.json?to=ada@example.org", "", nil)
		if err := json.Unmarshal([]byte(got.Body), &mails); err != nil || got.Status != http.StatusOK {
			t.Fatalf("got %+v, %v", got, err)
		}
		return len(mails) == 1
	})
	const link = "http://127.0.0.1:8080/console#/reset-password?token=T0KEN"
	if m := mails[0]; m.Link != link || m.Kind != "reset_password" || !strings.HasPrefix(m.Subject, "Wählen Sie ein neues Passwort") {
		t.Errorf("got %+v, want the link %s", m, link)
	}
	if got := w.Do(t, http.MethodGet, "/dev/mail", "", nil); got.Status != http.StatusOK || !strings.Contains(got.Body, link) {
		t.Errorf("the page: got %d\n%s", got.Status, got.Body)
	}
	eventually(t, "the line with the link", func() bool { return strings.Contains(w.Log.String(), link) })
	r := httptest.NewRequest(http.MethodGet, "/dev/mail.json", http.NoBody)
	r.Host = "evil.example" // a name that leads a browser to loopback
	rebound := httptest.NewRecorder()
	w.Config.Handler.ServeHTTP(rebound, r)
	if rebound.Code == http.StatusOK || strings.Contains(rebound.Body.String(), "T0KEN") {
		t.Errorf("for a page of another host: got %d %q", rebound.Code, rebound.Body)
	}
}

// A mail server takes the place of the mailbox. The log and the metrics name neither addresses nor tokens.
func TestMail_Server(t *testing.T) {
	t.Parallel()
	server := smtptest.New(t, smtptest.Options{NoTLS: true, Answer: func(step, value string) error {
		if step == "RCPT" && strings.HasPrefix(value, "eve") {
			return smtptest.Reply(550, [3]int{5, 1, 1}, "eve@example.org is unknown")
		}
		return nil
	}})
	w := harness.StartPostgres(t, fmt.Sprintf("AUTHGRAPH_SMTP_URL=smtp://127.0.0.1:%d?starttls=off", server.Port),
		"AUTHGRAPH_MAIL_FROM=Example <no-reply@example.com>")
	queueMail(t, w, account.NewMail{Kind: mail.PasswordChanged, To: "ada@example.org"})
	queueMail(t, w, account.NewMail{Kind: mail.LoginLink, To: "eve@example.org", Data: mail.Data{Token: "T0KEN"}})
	metrics := func() string {
		scraped := httptest.NewRecorder()
		promhttp.HandlerFor(w.App.Metrics.Registry, promhttp.HandlerOpts{}).ServeHTTP(scraped, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return scraped.Body.String()
	}
	for _, want := range []string{
		`authgraph_mail_attempts_total{kind="password_changed",outcome="sent"} 1`,
		`authgraph_mail_attempts_total{kind="login_link",outcome="given_up"} 1`,
		`authgraph_mail_attempts_total{kind="login_link",outcome="retried"} 0`,
		`authgraph_mails_queued{kind="login_link"} 0`,
		"authgraph_mails_oldest_seconds 0",
	} {
		eventually(t, want, func() bool { return strings.Contains(metrics(), want+"\n") })
	}
	if got := server.Mails(); len(got) != 1 || got[0].To != "ada@example.org" ||
		!strings.Contains(got[0].Data, `From: "Example" <no-reply@example.com>`) {
		t.Errorf("got %+v, want one mail from Example", got)
	}
	eventually(t, "the line of the given up mail", func() bool { return strings.Contains(w.Log.String(), "replied 550 5.1.1") })
	if log := w.Log.String(); strings.Contains(log, "eve@") || strings.Contains(log, "T0KEN") {
		t.Errorf("got the log\n%s\nwant no address and no token", log)
	}
	for _, path := range []string{"/dev/mail", "/dev/mail.json"} {
		if got := w.Do(t, http.MethodGet, path, "", nil); got.Status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, got.Status)
		}
	}
}

// Production without a mail server sends nothing, says so, and has no mailbox.
func TestMail_ProductionWithoutServer(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_MODE=production", "AUTHGRAPH_ISSUER=https://accounts.test",
		"AUTHGRAPH_SECRETS=a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	eventually(t, "the warning", func() bool { return strings.Contains(w.Log.String(), "AUTHGRAPH_SMTP_URL is not set") })
	if w.App.Accounts.SendsMail() {
		t.Error("it sends mail, want that nothing is queued")
	}
	for _, path := range []string{"/dev/mail", "/dev/mail.json"} {
		if got := w.Do(t, http.MethodGet, path, "", nil); got.Status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, got.Status)
		}
	}
}
