package mail

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	texttemplate "text/template"
	"time"

	"golang.org/x/text/language"
)

// Rendered is a mail that can be sent.
type Rendered struct {
	ID      string // first part of the Message-ID
	Kind    Kind
	To      string
	At      time.Time
	Subject string
	Text    string
	HTML    string
	Link    string // target of the button; "" for none
	Code    string // "" for none
}

// pages are the pages of the application that the links of the kinds lead to. Kinds without a page have no link.
var pages = map[Kind]string{
	ConfirmRegistration: "confirm-email",
	RegistrationTaken:   "sign-in",
	ResetPassword:       "reset-password",
	Invitation:          "accept-invitation",
	LoginLink:           "sign-in-link",
	ConfirmEmailChange:  "confirm-email-change",
	EmailChangeNotice:   "revert-email-change",
	PasswordChanged:     "request-password-reset",
	AccountDeletion:     "sign-in",
}

// notices are the kinds about something that has happened, rather than something that was asked for.
var notices = map[Kind]bool{EmailChangeNotice: true, PasswordChanged: true, AccountRestored: true}

// values are the values of the texts of a language.
type values struct {
	Product   string
	Host      string // host of the application
	Address   string // new address of the account; "" for kinds without it
	Link      string
	Code      string
	Network   string // network of the client that asked; "" for unknown, as the next
	Browser   string
	ValidFor  duration
	At        time.Time // UTC, as the next
	EffectsAt time.Time
	Notice    bool // about something that has happened
}

// duration is a time in the largest unit that divides it.
type duration struct {
	Count int64
	Unit  string // minute, hour or day
}

// layout are the values of the layouts. All but the links are in the language of the mail.
type layout struct {
	Language     string
	Product      string
	Subject      string
	Title        string
	Intro, Outro []string // paragraphs
	Link         string   // "" for none
	Button       string
	LinkHint     string
	Code         string // "" for none
	CodeHint     string
	Valid, Asked string // "" for none
	Footer       string
}

// Render writes a mail in the language that matches its locale.
func (t *Templates) Render(m Mail) (*Rendered, error) {
	_, i := language.MatchStrings(t.matcher, m.Locale)
	return t.render(m, t.languages[i])
}

func (t *Templates) render(m Mail, d dialect) (*Rendered, error) {
	set := d.texts[m.Kind]
	if set == nil {
		return nil, fmt.Errorf("mail: unknown kind %q", m.Kind)
	}
	v := t.values(m)
	l := layout{Language: d.name, Product: t.product, Link: v.Link, Code: v.Code}
	var faults error
	block := func(name string, data any) string {
		if faults != nil || set.Lookup(name) == nil {
			return ""
		}
		var text string
		text, faults = execute(set, name, data)
		return text
	}
	l.Subject = clean(block("subject", v))
	l.Title = l.Subject
	l.Intro, l.Outro = paragraphs(block("intro", v)), paragraphs(block("outro", v))
	l.Footer = line(block("footer", v))
	if v.Link != "" {
		l.Button, l.LinkHint = line(block("button", v)), line(block("link", v))
	}
	if v.Code != "" {
		l.CodeHint = line(block("code", v))
	}
	if v.ValidFor.Count > 0 && m.Data.Token != "" {
		l.Valid = line(block("valid", v))
	}
	if !v.At.IsZero() && (v.Network != "" || v.Browser != "") {
		l.Asked = line(block("asked", v))
	}
	if faults != nil {
		return nil, faults
	}
	var html, text bytes.Buffer
	if err := t.html.Execute(&html, l); err != nil {
		return nil, err
	}
	if err := t.text.Execute(&text, l); err != nil {
		return nil, err
	}
	return &Rendered{
		ID: m.ID, Kind: m.Kind, To: m.To, At: m.At, Subject: l.Subject, HTML: html.String(), Text: text.String(), Link: v.Link,
		Code: v.Code,
	}, nil
}

func (t *Templates) values(m Mail) values {
	return values{
		Product: t.product, Host: t.host, Address: clean(m.Data.Address), Link: t.link(m), Code: clean(m.Data.Code),
		Network: clean(m.Data.Network), Browser: clean(m.Data.Browser), ValidFor: durationOf(m.Data.ValidFor),
		At: m.At.UTC(), EffectsAt: m.Data.EffectsAt.UTC(), Notice: notices[m.Kind],
	}
}

// link returns the link of a mail. Its values are in the fragment, which browsers send to no server.
func (t *Templates) link(m Mail) string {
	page, ok := pages[m.Kind]
	if !ok {
		return ""
	}
	query := url.Values{}
	if m.Data.Token != "" {
		query.Set("token", m.Data.Token)
	}
	if m.Data.ReturnTo != "" {
		query.Set("returnTo", m.Data.ReturnTo)
	}
	link := t.appURL + "#/" + page
	if len(query) > 0 {
		link += "?" + query.Encode()
	}
	return link
}

func execute(set *texttemplate.Template, block string, data any) (string, error) {
	var out strings.Builder
	err := set.ExecuteTemplate(&out, block, data)
	return out.String(), err
}

// durationOf returns d in the largest unit that divides it, rounded to minutes.
func durationOf(d time.Duration) duration {
	minutes := int64(d.Round(time.Minute) / time.Minute)
	switch {
	case minutes > 0 && minutes%(24*60) == 0 && minutes > 24*60:
		return duration{minutes / (24 * 60), "day"}
	case minutes > 0 && minutes%60 == 0:
		return duration{minutes / 60, "hour"}
	}
	return duration{minutes, "minute"}
}
