package serverkit

import (
	"context"
	"errors"
	"log/slog"
	netmail "net/mail"

	"authgraph/account"
	"authgraph/config"
	"authgraph/db"
	"authgraph/internal/seal"
	"authgraph/mail"
)

// Mails are the parts that send mails.
type Mails struct {
	Mailbox  *mail.Mailbox         // nil unless development has no mail server
	delivery *account.MailDelivery // nil if the server sends no mail
	close    func()                // closes connections to the mail server
	log      *slog.Logger          // set by Background
}

// newMails returns the parts that send mails, and the outbox of use cases; a nil outbox if the server sends no mail: in
// production without a mail server.
func newMails(c config.Config, store *db.Store, box *seal.Box, counts *Metrics) (*Mails, *account.Outbox, error) {
	m := &Mails{close: func() {}, log: slog.New(slog.DiscardHandler)}
	templates, err := mail.Load(mail.Settings{AppURL: c.AppURL, Product: c.MailFrom.Name, Folder: c.MailTemplates})
	if err != nil {
		return nil, nil, err
	}
	counts.watchMails(store)
	sender := m.sender(c)
	if sender == nil {
		return m, nil, nil
	}
	m.delivery = account.NewMailDelivery(store, box, templates, sender, account.MailPace{},
		func(a account.MailAttempt) { counts.mailAttempted(a); m.attempted(a) },
		func(err error) { m.log.Warn("the mail queue failed", "error", err.Error()) })
	store.SubscribeMails(m.delivery.Wake)
	store.Subscribe(func(c account.Change) { // another process may have queued mails
		if c.All {
			m.delivery.Wake()
		}
	})
	return m, account.NewOutbox(box), nil
}

// sender returns the sender of mails: the mail server, in development without one the mailbox, or nil.
func (m *Mails) sender(c config.Config) mail.Sender {
	server := c.SMTP.Reveal()
	switch {
	case server.Host != "":
		sender := mail.NewSMTP(mail.SMTPSettings{
			Host: server.Host, Port: server.Port, User: server.User, Password: server.Password,
			Encryption: map[config.Encryption]mail.Encryption{
				config.StartTLS: mail.StartTLS, config.ImplicitTLS: mail.ImplicitTLS, config.NoTLS: mail.NoTLS,
			}[server.Encryption],
			From: netmail.Address{Name: c.MailFrom.Name, Address: c.MailFrom.Address},
		})
		m.close = sender.Close
		return sender
	case c.Production():
		return nil
	}
	m.Mailbox = mail.NewMailbox(func(r *mail.Rendered) {
		m.log.Info("mail kept for "+mail.MailboxPath, "kind", string(r.Kind), "to", r.To, "link", r.Link)
	})
	return m.Mailbox
}

// attempted logs an attempt that failed. Neither the address nor the words of the mail server are logged.
func (m *Mails) attempted(a account.MailAttempt) {
	values := []any{"mail", a.ID, "kind", string(a.Kind), "user", a.UserID, "attempts", a.Attempts}
	switch {
	case a.Outcome == account.MailSent, errors.Is(a.Err, context.Canceled):
	case a.Outcome == account.MailGivenUp:
		m.log.Error("mail given up", append(values, "error", a.Err.Error())...)
	default:
		m.log.Warn("mail not sent; it is tried again", append(values, "error", a.Err.Error())...)
	}
}

// run sends mails until ctx ends.
func (m *Mails) run(ctx context.Context) {
	if m.delivery == nil {
		m.log.Warn("no mails are sent, because AUTHGRAPH_SMTP_URL is not set")
		return
	}
	m.delivery.Run(ctx)
	m.close()
}
