package mail

import (
	"context"
	"slices"
	"sync"
)

// maxMailbox is the maximum number of mails in a Mailbox. A new one replaces the oldest.
const maxMailbox = 100

// Mailbox keeps the mails of a development server in memory, in place of sending them.
type Mailbox struct {
	kept  func(*Rendered)
	mu    sync.Mutex
	mails []*Rendered // oldest first
}

// NewMailbox returns an empty mailbox. kept is called with each mail.
func NewMailbox(kept func(*Rendered)) *Mailbox { return &Mailbox{kept: kept} }

// Send implements Sender.
func (b *Mailbox) Send(_ context.Context, r *Rendered) error {
	if _, err := recipient(r.To); err != nil {
		return &SendError{Permanent: true, Step: "writing the mail", cause: err}
	}
	b.mu.Lock()
	b.mails = append(b.mails, r)
	if len(b.mails) > maxMailbox {
		b.mails = slices.Delete(b.mails, 0, len(b.mails)-maxMailbox)
	}
	b.mu.Unlock()
	b.kept(r)
	return nil
}

// Mails returns the mails to an address, newest first; all mails for "".
func (b *Mailbox) Mails(to string) []*Rendered {
	b.mu.Lock()
	defer b.mu.Unlock()
	mails := []*Rendered{}
	for _, r := range slices.Backward(b.mails) {
		if to == "" || r.To == to {
			mails = append(mails, r)
		}
	}
	return mails
}
