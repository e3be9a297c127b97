package config

import (
	"strings"
	"testing"
)

func TestLoad_SMTP(t *testing.T) {
	for input, want := range map[string]SMTP{
		"smtp://mail.example.com":                      {"mail.example.com", 587, "", "", StartTLS},
		"smtp://mail.example.com:25/":                  {"mail.example.com", 25, "", "", StartTLS},
		"smtp://u:p%40ss%23@mail.example.com":          {"mail.example.com", 587, "u", "p@ss#", StartTLS},
		"smtps://u:p@[2001:db8::1]":                    {"2001:db8::1", 465, "u", "p", ImplicitTLS},
		"smtps://mail.example.com:2465":                {"mail.example.com", 2465, "", "", ImplicitTLS},
		"smtp://localhost:25?starttls=off":             {"localhost", 25, "", "", NoTLS},
		"smtp://u:p@127.0.0.1:1025?starttls=off":       {"127.0.0.1", 1025, "u", "p", NoTLS},
		"smtp://mail.example.com?starttls=off":         {},
		"smtps://localhost?starttls=off":               {},
		"smtp://localhost?starttls=on":                 {},
		"smtp://localhost?starttls=off&starttls=off":   {},
		"smtp://localhost?":                            {},
		"smtp://u@mail.example.com":                    {},
		"smtp://:p@mail.example.com":                   {},
		"smtp://mail.example.com:0":                    {},
		"smtp://mail.example.com:65536":                {},
		"smtp://mail.example.com/path":                 {},
		"smtp://u:" + password + "#@mail.example.com":  {},
		"smtp://u:" + password + "@":                   {},
		"https://u:" + password + "@mail.example.com":  {},
		"smtp:u:" + password:                           {},
		"mail.example.com:587":                         {},
		"smtp://u:" + password + "@mail.example.com:x": {},
	} {
		t.Run(input, func(t *testing.T) {
			c, err := Load([]string{"AUTHGRAPH_SMTP_URL=" + input, "AUTHGRAPH_MAIL_FROM=a@example.com"})
			if got := c.SMTP.Reveal(); got != want || (err == nil) != (want.Host != "") {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
			if err != nil && (!strings.HasPrefix(err.Error(), "AUTHGRAPH_SMTP_URL ") || strings.Contains(err.Error(), password)) {
				t.Errorf("got %v, want a fault of AUTHGRAPH_SMTP_URL without the password", err)
			}
		})
	}
}

func TestLoad_MailFrom(t *testing.T) {
	for input, want := range map[string]Mailbox{
		"no-reply@example.com":                          {"", "no-reply@example.com"},
		"Example <no-reply@example.com>":                {"Example", "no-reply@example.com"},
		"Café <no-reply@example.com>":                   {"Café", "no-reply@example.com"},
		"a@example.com, b@example.com":                  {},
		"example.com":                                   {},
		"Ex\u202eample <a@example.com>":                 {},
		"Example <a@example.com>\r\nBcc: b@example.com": {},
	} {
		c, err := Load([]string{"AUTHGRAPH_MAIL_FROM=" + input})
		if c.MailFrom != want || (err == nil) != (want.Address != "") {
			t.Errorf("%q: got %+v, %v, want %+v", input, c.MailFrom, err, want)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "AUTHGRAPH_MAIL_FROM is ") {
			t.Errorf("%q: got %v", input, err)
		}
	}
	if _, err := Load([]string{"AUTHGRAPH_SMTP_URL=smtp://localhost"}); err == nil || !strings.HasPrefix(err.Error(), "AUTHGRAPH_MAIL_FROM is not set") {
		t.Errorf("a mail server without a sender: got %v", err)
	}
}

func TestLoad_AppURL(t *testing.T) {
	for input, want := range map[string]string{
		"":                                 "https://accounts.example.com/console",
		"https://app.example.com":          "https://app.example.com",
		"https://app.example.com/a/b/":     "https://app.example.com/a/b",
		"http://localhost:3000":            "", // the tokens in links would travel in clear text
		"http://app.example.com":           "",
		"https://user@app.example.com":     "",
		"https://user:pw@app.example.com":  "",
		"https://app.example.com?a=b":      "",
		"https://app.example.com#/sign-in": "",
		"app.example.com":                  "",
		"javascript:alert(1)":              "",
	} {
		c, err := Load(production("AUTHGRAPH_ISSUER=https://accounts.example.com", "AUTHGRAPH_APP_URL="+input))
		if c.AppURL != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", input, c.AppURL, err, want)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "AUTHGRAPH_APP_URL is ") {
			t.Errorf("%q: got %v", input, err)
		}
	}
	if c, err := Load([]string{"AUTHGRAPH_APP_URL=http://localhost:3000/"}); err != nil || c.AppURL != "http://localhost:3000" {
		t.Errorf("in development: got %q, %v", c.AppURL, err)
	}
}
