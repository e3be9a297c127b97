package mail

import (
	"encoding/json"
	"html/template"
	"net/http"
	"time"
)

// mailboxPolicy lets the page show mails and nothing else. A mail's frame inherits it.
const mailboxPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// mailboxPage shows mails in sandboxed frames, in which nothing runs.
var mailboxPage = template.Must(template.New("mailbox").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Mailbox</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
details { border: 1px solid #8884; border-radius: .5rem; margin: .5rem 0; }
summary { padding: .6rem .8rem; cursor: pointer; overflow-wrap: anywhere; }
summary small { display: block; opacity: .7; }
p, pre { margin: 0; padding: 0 .8rem .6rem; overflow-wrap: anywhere; white-space: pre-wrap; }
iframe { width: 100%; height: 46rem; border: 0; border-top: 1px solid #8884; }
</style></head><body>
<h1>Mailbox</h1>
<p>This development server sends no mails. It keeps the newest {{.Max}} here, until it stops. Programs read <code>/dev/mail.json?to=ADDRESS</code>.</p>
{{range $i, $m := .Mails}}<details{{if eq $i 0}} open{{end}}>
<summary>{{$m.Subject}}<small>{{$m.To}}, {{$m.At.Format "2006-01-02 15:04:05 UTC"}}, {{$m.Kind}}</small></summary>
{{if $m.Link}}<p><a href="{{$m.Link}}" rel="noreferrer">{{$m.Link}}</a></p>{{end}}{{if $m.Code}}<p>Code: <strong>{{$m.Code}}</strong></p>{{end}}
<iframe sandbox srcdoc="{{$m.HTML}}" title="{{$m.Subject}}" loading="lazy"></iframe>
<details><summary>Text part</summary><pre>{{$m.Text}}</pre></details>
</details>
{{else}}<p>There are no mails yet.</p>
{{end}}</body></html>
`))

// mailJSON is a mail for programs.
type mailJSON struct {
	ID      string    `json:"id"`
	Kind    Kind      `json:"kind"`
	To      string    `json:"to"`
	At      time.Time `json:"at"`
	Subject string    `json:"subject"`
	Link    string    `json:"link,omitempty"`
	Code    string    `json:"code,omitempty"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
}

// ServeHTTP answers /dev/mail with a page and /dev/mail.json with the mails as JSON, newest first. The parameter "to" chooses
// an address.
func (b *Mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mails := b.Mails(r.URL.Query().Get("to"))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Content-Security-Policy", mailboxPolicy)
	if r.URL.Path == MailboxJSONPath {
		shown := []mailJSON{}
		for _, m := range mails {
			shown = append(shown, mailJSON{m.ID, m.Kind, m.To, m.At.UTC(), m.Subject, m.Link, m.Code, m.Text, m.HTML})
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(shown) // the client has gone
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = mailboxPage.Execute(w, map[string]any{"Max": maxMailbox, "Mails": mails}) // likewise
}

// Paths of the mailbox.
const (
	MailboxPath     = "/dev/mail"
	MailboxJSONPath = "/dev/mail.json"
)
