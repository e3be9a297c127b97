package mail_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"authgraph/internal/smtptest"
	"authgraph/mail"
)

func smtpSettings(s *smtptest.Server) mail.SMTPSettings {
	return mail.SMTPSettings{
		Host: s.Host, Port: s.Port, TLS: s.ClientTLS(), Timeout: 10 * time.Second,
		From: netmail.Address{Name: "Jürgens Café, \"Example\"", Address: "no-reply@example.com"},
	}
}

func sender(t *testing.T, s mail.SMTPSettings) *mail.SMTP {
	t.Helper()
	sends := mail.NewSMTP(s)
	t.Cleanup(sends.Close)
	return sends
}

func rendered(to string) *mail.Rendered {
	return &mail.Rendered{
		ID: "mail_1", Kind: mail.PasswordChanged, To: to, At: time.Date(2026, 11, 30, 16, 38, 0, 0, time.UTC),
		Subject: "Ihr Passwort für Example wurde geändert", Text: "Grüße\n.\nEnde\n", HTML: "<p>Grüße</p>",
	}
}

func TestSMTP_Ways(t *testing.T) {
	for name, row := range map[string]struct {
		options    smtptest.Options
		encryption mail.Encryption
		password   string
		want       string // text of the error; "" for none
	}{
		"STARTTLS":                      {smtptest.Options{}, mail.StartTLS, "", ""},
		"STARTTLS, signed in":           {smtptest.Options{User: "ada", Password: "secret"}, mail.StartTLS, "secret", ""},
		"implicit TLS, signed in":       {smtptest.Options{User: "ada", Password: "secret", ImplicitTLS: true}, mail.ImplicitTLS, "secret", ""},
		"a relay on loopback":           {smtptest.Options{NoTLS: true}, mail.NoTLS, "", ""},
		"a relay that wants a password": {smtptest.Options{NoTLS: true, User: "ada", Password: "secret"}, mail.NoTLS, "secret", ""},
		"no STARTTLS":                   {smtptest.Options{NoTLS: true}, mail.StartTLS, "", "STARTTLS"},
		"wrong password":                {smtptest.Options{User: "ada", Password: "secret"}, mail.StartTLS, "wrong", "replied 535"},
		"password missing":              {smtptest.Options{User: "ada", Password: "secret"}, mail.StartTLS, "", "naming the sender: the mail server replied 502"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.New(t, row.options)
			settings := smtpSettings(server)
			settings.Encryption = row.encryption
			if row.password != "" {
				settings.User, settings.Password = "ada", row.password
			}
			err := sender(t, settings).Send(t.Context(), rendered("ada@example.org"))
			if row.want == "" {
				if got := server.Mails(); err != nil || len(got) != 1 {
					t.Errorf("got %v and mails %+v", err, got)
				} else if got[0].To != "ada@example.org" || got[0].From != "no-reply@example.com" {
					t.Errorf("got %v and mails %+v", err, got)
				}
				return
			}
			var failed *mail.SendError
			if !errors.As(err, &failed) || failed.Permanent {
				t.Errorf("got %v, want a temporary error with %q", err, row.want)
			} else if !strings.Contains(err.Error(), row.want) || len(server.Mails()) != 0 {
				t.Errorf("got %v, want a temporary error with %q", err, row.want)
			}
		})
	}
}

// A certificate that no authority of the client has signed is refused, also by STARTTLS.
func TestSMTP_Certificate(t *testing.T) {
	for _, implicit := range []bool{false, true} {
		server := smtptest.New(t, smtptest.Options{ImplicitTLS: implicit})
		settings := smtpSettings(server)
		settings.TLS = nil
		if implicit {
			settings.Encryption = mail.ImplicitTLS
		}
		if err := sender(t, settings).Send(t.Context(), rendered("ada@example.org")); err == nil ||
			!strings.Contains(err.Error(), "certificate") || len(server.Mails()) != 0 {
			t.Errorf("implicit %v: got %v, want an error of the certificate", implicit, err)
		}
	}
}

func TestSMTP_Headers(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{UTF8: true})
	s := sender(t, smtpSettings(server))
	for to, want := range map[string]string{
		"ada@example.org":            "ada@example.org",
		"ada+tag@Exämple.org":        "ada+tag@xn--exmple-cua.org",
		`"very strange"@example.org`: `"very strange"@example.org`,
		"jürgen@example.org":         "jürgen@example.org",
	} {
		before := len(server.Mails())
		if err := s.Send(t.Context(), rendered(to)); err != nil {
			t.Errorf("%s: %v", to, err)
			continue
		}
		got := server.Mails()[before]
		m, err := netmail.ReadMessage(strings.NewReader(got.Data))
		if err != nil {
			t.Fatal(err)
		}
		if recipient := strings.ReplaceAll(got.To, `"`, ""); recipient != strings.ReplaceAll(want, `"`, "") {
			t.Errorf("%s: got the recipient %s, want %s", to, got.To, want)
		}
		header, err := m.Header.AddressList("To")
		if err != nil || len(header) != 1 {
			t.Errorf("%s: got To %q, %v", to, m.Header.Get("To"), err)
		} else if header[0].Name != "" || header[0].Address != strings.ReplaceAll(want, `"`, "") {
			t.Errorf("%s: got To %q, %v", to, m.Header.Get("To"), err)
		}
	}
	if server.Connections() != 1 {
		t.Errorf("got %d connections, want one for all", server.Connections())
	}
	m, err := netmail.ReadMessage(strings.NewReader(server.Mails()[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<mail_1@example.com>", "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All",
		"Date": "Mon, 30 Nov 2026 16:38:00 +0000", "List-Unsubscribe": "", "Bcc": "", "Cc": "", "User-Agent": "", "X-Mailer": "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || subject != rendered("").Subject {
		t.Errorf("got the subject %q, %v", subject, err)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || from[0].Name != "Jürgens Café, \"Example\"" || from[0].Address != "no-reply@example.com" {
		t.Errorf("got From %v, %v", from, err)
	}
	if text, html := parts(t, m); text != "Grüße\n.\nEnde\n" || html != "<p>Grüße</p>" {
		t.Errorf("got the parts %q and %q", text, html)
	}
}

// parts returns the text part and the HTML part of a mail.
func parts(t *testing.T, m *netmail.Message) (text, html string) {
	t.Helper()
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("got %s, %v", kind, err)
	}
	reader := multipart.NewReader(m.Body, parameters["boundary"])
	var all []string
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if part.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Errorf("got the encoding %q", part.Header.Get("Content-Transfer-Encoding"))
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
	if len(all) != 2 {
		t.Fatalf("got %d parts, want 2", len(all))
	}
	return all[0], all[1]
}

// Addresses cannot add headers or recipients, and a hostile subject stays in its header.
func TestSMTP_Injection(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{UTF8: true})
	s := sender(t, smtpSettings(server))
	for _, to := range []string{
		"ada@example.org\r\nBcc: eve@example.com", "ada@example.org\nRCPT TO:<eve@example.com>", "ada@example.org, eve@example.com",
		"Ada <ada@example.org>", "ada\u202e@example.org", "ada@example.org\u0000", "<ada@example.org>", "ada", "@example.org", "",
	} {
		var failed *mail.SendError
		if err := s.Send(t.Context(), rendered(to)); !errors.As(err, &failed) || !failed.Permanent || strings.Contains(err.Error(), "ada") {
			t.Errorf("%q: got %v, want a permanent error without the address", to, err)
		}
	}
	if got := server.Mails(); len(got) != 0 {
		t.Fatalf("got %+v, want no mail", got)
	}
	r := rendered("ada@example.org")
	r.Subject = "Hello\r\nBcc: eve@example.com\r\n\r\nbody \u202etxt.exe\u2066"
	if err := s.Send(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(strings.NewReader(server.Mails()[0].Data))
	if err != nil || m.Header.Get("Bcc") != "" {
		t.Errorf("got Bcc %q, %v", m.Header.Get("Bcc"), err)
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || subject != "Hello  Bcc: eve@example.com    body txt.exe" {
		t.Errorf("got the subject %q, %v", subject, err)
	}
}

// Replies decide whether a mail is tried again. The server's words are not repeated, because they name the recipient.
func TestSMTP_Replies(t *testing.T) {
	refused := smtptest.Reply(550, [3]int{5, 1, 1}, "<ada@example.org> is unknown")
	busy := smtptest.Reply(451, [3]int{4, 3, 0}, "ada@example.org: try later")
	for name, row := range map[string]struct {
		step      string
		answer    error
		permanent bool
		code      int
	}{
		"recipient refused":   {"RCPT", refused, true, 550},
		"recipient busy":      {"RCPT", busy, false, 451},
		"contents refused":    {"DATA", refused, true, 550},
		"contents busy":       {"DATA", busy, false, 451},
		"sender refused":      {"MAIL", refused, false, 550},
		"greeting refused":    {"CONNECT", refused, false, 550},
		"dropped at RCPT":     {"RCPT", smtptest.Drop, false, 0},
		"dropped at DATA":     {"DATA", smtptest.Drop, false, 0},
		"dropped at greeting": {"CONNECT", smtptest.Drop, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.New(t, smtptest.Options{Answer: func(step, _ string) error {
				if step == row.step {
					return row.answer
				}
				return nil
			}})
			err := sender(t, smtpSettings(server)).Send(t.Context(), rendered("ada@example.org"))
			var failed *mail.SendError
			if !errors.As(err, &failed) || failed.Permanent != row.permanent || failed.Code != row.code {
				t.Errorf("got %v (%+v), want permanent %v and code %d", err, failed, row.permanent, row.code)
			}
			if err != nil && (strings.Contains(err.Error(), "ada") || strings.Contains(err.Error(), "unknown")) {
				t.Errorf("got %q, want no words of the server", err)
			}
		})
	}
}

// A server that stops responding holds a mail up until the timeout, and no longer than the caller waits.
func TestSMTP_Stall(t *testing.T) {
	for _, step := range []string{"CONNECT", "MAIL", "DATA"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			server := smtptest.New(t, smtptest.Options{Answer: func(at, _ string) error {
				if at == step {
					return smtptest.Stall
				}
				return nil
			}})
			settings := smtpSettings(server)
			settings.Timeout = 300 * time.Millisecond
			var failed *mail.SendError
			if err := sender(t, settings).Send(t.Context(), rendered("ada@example.org")); !errors.As(err, &failed) || failed.Permanent {
				t.Errorf("after the timeout: got %v, want a temporary error", err)
			}
			settings.Timeout = time.Hour
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			if err := sender(t, settings).Send(ctx, rendered("ada@example.org")); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("without patience: got %v, want the error of the context", err)
			}
		})
	}
}

// A connection that the server closed while it was idle is replaced.
func TestSMTP_StaleConnection(t *testing.T) {
	var drop atomic.Bool
	server := smtptest.New(t, smtptest.Options{Answer: func(step, _ string) error {
		if step == "DATA" && drop.CompareAndSwap(true, false) {
			return smtptest.Vanish
		}
		return nil
	}})
	s := sender(t, smtpSettings(server))
	drop.Store(true)
	if err := s.Send(t.Context(), rendered("a@example.org")); err == nil {
		t.Error("got no error, and the server did not confirm")
	}
	for range 2 {
		if err := s.Send(t.Context(), rendered("b@example.org")); err != nil {
			t.Fatal(err)
		}
	}
	if got := server.Connections(); got != 2 {
		t.Errorf("got %d connections, want a second one that is reused", got)
	}
	server.CloseConnections()
	if err := s.Send(t.Context(), rendered("c@example.org")); err != nil || server.Connections() != 3 {
		t.Errorf("after the server closed it: got %v and %d connections, want a third", err, server.Connections())
	}
}

// A mail that the server has accepted is sent, even if the connection breaks before the next command.
func TestSMTP_DroppedAfter(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{Answer: func(step, _ string) error {
		if step == "END" {
			return smtptest.Drop
		}
		return nil
	}})
	s := sender(t, smtpSettings(server))
	for range 2 {
		if err := s.Send(t.Context(), rendered("ada@example.org")); err != nil {
			t.Errorf("got %v, want no error", err)
		}
	}
	if got := server.Mails(); len(got) != 2 || server.Connections() != 2 {
		t.Errorf("got %d mails on %d connections, want 2 on 2", len(got), server.Connections())
	}
}
