package account

import (
	"context"
	"encoding/json"
	"time"

	"authgraph/mail"
)

// mailLifetime is the maximum time from the queueing of a mail to its last attempt.
const mailLifetime = 48 * time.Hour

// NewMail is a mail to send.
type NewMail struct {
	Kind      mail.Kind
	To        string        // stored spelling of the address
	Locale    string        // language tag; "" for the default language
	UserID    string        // account whose erasure deletes the mail from the queue; "" for none
	TokenHash []byte        // hash of the token in the mail, whose voiding deletes the mail from the queue; nil for none
	Lifetime  time.Duration // lifetime of the token; 0 or more than 48 h: 48 h
	Data      mail.Data
}

// MailTo returns a mail to the address of an account, in the account's language.
func MailTo(u *User, kind mail.Kind, data mail.Data) NewMail {
	m := NewMail{Kind: kind, To: u.Email, UserID: u.ID, Data: data}
	if u.Locale != nil {
		m.Locale = *u.Locale
	}
	return m
}

// MailData returns the values of a mail about a request of c: its network, and its browser by a name from a fixed list.
func (c Client) MailData() mail.Data {
	return mail.Data{Network: c.Network(), Browser: mail.Browser(c.UserAgent)}
}

// OutgoingMail is a row of the mail queue. The Store adds it in the transaction of the change that it is about.
type OutgoingMail struct {
	ID        string
	Kind      mail.Kind
	UserID    string
	TokenHash []byte
	Lifetime  time.Duration // above 0
	Sealed    []byte        // recipient and contents
}

// Sealer encrypts for a purpose and a row. seal.Box implements it.
type Sealer interface {
	Seal(purpose, subject string, plaintext []byte) []byte
	Open(purpose, subject string, sealed []byte) ([]byte, error)
}

// mailPurpose separates sealed mails from other sealed values.
const mailPurpose = "mail"

// Outbox seals mails for the queue, so that a reader of the database learns neither addresses nor tokens. A nil Outbox
// returns no rows, because the server sends no mail.
type Outbox struct{ sealer Sealer }

// NewOutbox returns an Outbox that seals with sealer.
func NewOutbox(sealer Sealer) *Outbox { return &Outbox{sealer} }

// Seal returns the rows of mails.
func (o *Outbox) Seal(mails ...NewMail) []OutgoingMail {
	if o == nil {
		return nil
	}
	rows := make([]OutgoingMail, len(mails))
	for i, m := range mails {
		row := OutgoingMail{ID: newID(mailPrefix), Kind: m.Kind, UserID: m.UserID, TokenHash: m.TokenHash, Lifetime: mailLifetime}
		if m.Lifetime > 0 {
			row.Lifetime = min(m.Lifetime, mailLifetime)
		}
		plain, err := json.Marshal(sealedMail{m.Kind, m.To, m.Locale, m.Data})
		if err != nil {
			panic(err) // it has only texts, numbers and times
		}
		row.Sealed = o.sealer.Seal(mailPurpose, row.ID, plain)
		rows[i] = row
	}
	return rows
}

// sealedMail is the plaintext of a row.
type sealedMail struct {
	Kind   mail.Kind `json:"kind"`
	To     string    `json:"to"`
	Locale string    `json:"locale,omitempty"`
	Data   mail.Data `json:"data"`
}

// ClaimedMail is a row of the queue that an instance has claimed.
type ClaimedMail struct {
	ID        string
	Claim     string // names this claim
	Kind      mail.Kind
	UserID    string // "" for none
	Sealed    []byte
	QueuedAt  time.Time
	Attempts  int           // with this one
	Remaining time.Duration // until the mail expires; 0 or less: it has expired
}

// MailQueue keeps mails until they are sent. db.Store implements it. Its times are the database's.
type MailQueue interface {
	// AddMails adds mails. A change that mails belong to adds them in its own transaction instead.
	AddMails(ctx context.Context, mails []OutgoingMail) error
	// ClaimMails claims up to max mails that are due, oldest first. No instance can claim them again until lease has passed.
	ClaimMails(ctx context.Context, max int, lease time.Duration) ([]ClaimedMail, error)
	// MailDelivered deletes a mail, whichever instance has claimed it by now. Deleting it again does nothing.
	MailDelivered(ctx context.Context, id string) error
	// RetryMail makes a mail due again after a time. It does nothing if another claim has replaced c.
	RetryMail(ctx context.Context, c ClaimedMail, after time.Duration) error
	// GiveUpMail deletes a mail and records mail.give_up in the audit log. It does nothing if another claim has replaced c.
	GiveUpMail(ctx context.Context, c ClaimedMail, reason string) error
}

// SetOutbox sets the outbox of the use cases. Call it before the first request.
func (s *Service) SetOutbox(o *Outbox) { s.outbox = o }

// SendsMail reports whether mails are sent.
func (s *Service) SendsMail() bool { return s.outbox != nil }
