package mail

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// sample returns a mail with a value in each field that the kind can have.
func sample(kind Kind) Mail {
	m := Mail{
		ID: "mail_sample", Kind: kind, To: "ada@example.com", At: time.Date(2026, 11, 30, 16, 38, 0, 0, time.UTC),
		Data: Data{
			Network: "192.0.2.7", Browser: "Firefox (Windows)", Address: "new@example.org",
			EffectsAt: time.Date(2026, 12, 14, 16, 38, 0, 0, time.UTC),
		},
	}
	switch kind {
	case ConfirmRegistration, ResetPassword, LoginLink:
		m.Data.Code = "12345678"
		fallthrough
	case Invitation, ConfirmEmailChange, EmailChangeNotice:
		m.Data.Token, m.Data.ValidFor = "RDFQ2Z7NUY5KJXWM3CHA6VTEGB", time.Hour
	default:
	}
	return m
}

// tryAll renders each kind in each language, with all values and with none, and reports every fault.
func (t *Templates) tryAll() error {
	var faults []error
	for _, d := range t.languages {
		for _, kind := range kinds {
			full := sample(kind)
			bare := Mail{ID: full.ID, Kind: kind, To: full.To, At: full.At}
			for _, m := range []Mail{full, bare} {
				if err := t.try(m, d); err != nil {
					faults = append(faults, err)
					break
				}
			}
		}
	}
	return errors.Join(faults...)
}

// try renders a mail, and requires what each mail must have.
func (t *Templates) try(m Mail, d dialect) error {
	r, err := t.render(m, d)
	if err != nil {
		return err
	}
	fault := func(text string, args ...any) error {
		return fmt.Errorf("mail templates: %s in the language %s %s", m.Kind, d.name, fmt.Sprintf(text, args...))
	}
	switch {
	case r.Subject == "":
		return fault("has no subject")
	case r.Link != "" && (!strings.Contains(r.Text, r.Link) || !strings.Contains(r.HTML, htmlLink(r.Link))):
		return fault("does not show its link in both parts")
	case m.Data.Code != "" && (!strings.Contains(r.Text, m.Data.Code) || !strings.Contains(r.HTML, m.Data.Code)):
		return fault("does not show its code in both parts")
	}
	for _, part := range []string{r.Text, r.HTML} {
		if foreign := t.foreign(part); foreign != "" {
			return fault("has the URL %s, and mails may only lead to %s", foreign, t.host)
		}
	}
	return nil
}

// htmlLink returns a link as html/template writes it in an attribute.
func htmlLink(link string) string { return strings.ReplaceAll(link, "&", "&amp;") }

// anyURL matches URLs with a host, also without a scheme.
var anyURL = regexp.MustCompile(`(?i)(?:\b[a-z][a-z0-9+.-]*:|["'(=]\s*)//[^\s"'<>)]+`)

// foreign returns a URL whose host is not the application's; "" if all are. A mail that loads a picture from another host
// tells that host when it is read.
func (t *Templates) foreign(text string) string {
	for _, found := range anyURL.FindAllString(text, -1) {
		u, err := url.Parse(strings.TrimLeft(found, `"'(= `))
		if err != nil || u.Host != t.host {
			return found
		}
	}
	return ""
}
