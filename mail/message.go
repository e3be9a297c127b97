package mail

import (
	"errors"
	netmail "net/mail"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"
)

var errRecipient = errors.New("the recipient is not an address")

// message returns the mail as go-mail writes it.
func message(from netmail.Address, r *Rendered) (*gomail.Msg, error) {
	to, err := recipient(r.To)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&from)
	m.ToMailAddress(to)
	m.Subject(clean(r.Subject))
	m.SetDateWithValue(r.At)
	m.SetMessageIDWithValue(r.ID + "@" + from.Address[strings.LastIndexByte(from.Address, '@')+1:])
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no automatic reply
	m.SetGenHeader("X-Auto-Response-Suppress", "All")  // Exchange
	m.SetBodyString(gomail.TypeTextPlain, r.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, r.HTML)
	return m, nil
}

// recipient returns an address without a name. Its domain is in ASCII, because servers without SMTPUTF8 know only this form.
func recipient(address string) (*netmail.Address, error) {
	if strings.ContainsFunc(address, func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
	}) {
		return nil, errRecipient
	}
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return nil, errRecipient
	}
	host, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return nil, errRecipient
	}
	parsed, err := netmail.ParseAddress(address[:at+1] + host)
	if err != nil || parsed.Name != "" {
		return nil, errRecipient
	}
	return parsed, nil
}
