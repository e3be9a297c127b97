package account

import (
	"context"
	"errors"
	"fmt"
)

// SealedMail is the sealed part of a row of the mail queue.
type SealedMail struct {
	ID     string
	Sealed []byte
}

// MailSeals are the sealed parts of the mail queue. db.Store implements it.
type MailSeals interface {
	// SealedMails returns the next waiting mails after an id, in the order of ids.
	SealedMails(ctx context.Context, after string, max int) ([]SealedMail, error)
	// ResealMail replaces the sealed part of a mail, if it is old.
	ResealMail(ctx context.Context, id string, old, sealed []byte) error
}

// resealBatch is the number of mails that ResealMails reads at once.
const resealBatch = 500

// ResealMails seals waiting mails with the newest secret, if another has sealed them. It returns their number. A mail that
// does not open does not stop the rest.
func ResealMails(ctx context.Context, mails MailSeals, sealer interface {
	Sealer
	// Stale reports whether another secret than the newest has sealed a value.
	Stale(sealed []byte) bool
}) (resealed int, err error) {
	var unopened []error
	for after := ""; ; {
		batch, err := mails.SealedMails(ctx, after, resealBatch)
		if err != nil {
			return resealed, err
		}
		for _, m := range batch {
			if after = m.ID; !sealer.Stale(m.Sealed) {
				continue
			}
			plain, err := sealer.Open(mailPurpose, m.ID, m.Sealed)
			if err != nil {
				unopened = append(unopened, fmt.Errorf("mail %s: %w", m.ID, err))
				continue
			}
			if err := mails.ResealMail(ctx, m.ID, m.Sealed, sealer.Seal(mailPurpose, m.ID, plain)); err != nil {
				return resealed, err
			}
			resealed++
		}
		if len(batch) < resealBatch {
			return resealed, errors.Join(unopened...)
		}
	}
}
