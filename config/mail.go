package config

import (
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// Encryption says how the connection to the mail server is encrypted.
type Encryption string

// The ways of encryption.
const (
	StartTLS    Encryption = "starttls"
	ImplicitTLS Encryption = "tls"
	NoTLS       Encryption = "none" // to a loopback host
)

// SMTP is the mail server. Without one, Host is "".
type SMTP struct {
	Host           string
	Port           int
	User, Password string // "" for a server without sign-in
	Encryption     Encryption
}

// Mailbox is the sender of mails.
type Mailbox struct{ Name, Address string }

const smtpForm = "it must be smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465, with special characters " +
	"of the user and the password percent-encoded; ?starttls=off is for smtp on a loopback host"

// parseSMTP reads the URL of a mail server. Its problems quote nothing of it, because it has a password.
func parseSMTP(text string) (Hidden[SMTP], error) {
	fault := func(wrong string) (Hidden[SMTP], error) { return Hidden[SMTP]{}, problem{wrong, smtpForm} }
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.Hostname() == "" || (u.Path != "" && u.Path != "/") || strings.Contains(text, "#") {
		return fault("is not the URL of a mail server")
	}
	s := SMTP{Host: u.Hostname(), Port: 587, Encryption: StartTLS}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		s.Port, s.Encryption = 465, ImplicitTLS
	default:
		return fault("is not the URL of a mail server")
	}
	if port := u.Port(); port != "" {
		if s.Port, err = strconv.Atoi(port); err != nil || s.Port < 1 || s.Port > 65535 {
			return fault("has a port that is not a number from 1 to 65535")
		}
	}
	if u.User != nil {
		s.User = u.User.Username()
		s.Password, _ = u.User.Password()
		if s.User == "" || s.Password == "" {
			return fault("has a user without a password, or a password without a user")
		}
	}
	switch query := u.RawQuery; {
	case query == "" && !u.ForceQuery:
	case query != "starttls=off" || s.Encryption != StartTLS:
		return fault("has a parameter other than starttls=off")
	case !loopback(s.Host):
		return fault("turns STARTTLS off for another machine, which would send passwords and links in clear text")
	default:
		s.Encryption = NoTLS
	}
	return Hide(s), nil
}

// parseMailbox reads a sender.
func parseMailbox(text string) (Mailbox, error) {
	parsed, err := netmail.ParseAddress(text)
	if err != nil || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		return Mailbox{}, problem{fmt.Sprintf("is %q", text), "it must be an address, such as no-reply@example.com or \"Example <no-reply@example.com>\""}
	}
	return Mailbox{parsed.Name, parsed.Address}, nil
}

// mail checks the settings of mails and fills in the defaults.
func (f *faults) mail(c *Config) {
	if c.MailFrom.Address == "" && !f.any("AUTHGRAPH_MAIL_FROM", "AUTHGRAPH_SMTP_URL") {
		if c.SMTP.Reveal().Host != "" {
			f.add("AUTHGRAPH_MAIL_FROM", "is not set", "mails need a sender: set an address that the mail server may send from")
		}
		c.MailFrom = Mailbox{Address: "no-reply@localhost"}
	}
	if c.AppURL == "" {
		c.AppURL = c.Issuer + "/console"
		return
	}
	app, err := parseIssuer(c.AppURL)
	if err == nil && c.Production() && !strings.HasPrefix(app, "https://") {
		err = problem{fmt.Sprintf("is %q", c.AppURL), "production needs https, because links in mails carry one-time tokens"}
	}
	if err != nil {
		f.addError("AUTHGRAPH_APP_URL", err)
	}
	c.AppURL = app
}
