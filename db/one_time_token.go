package db

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"authgraph/account"
)

// AddOneTimeToken implements account.OneTimeTokens.
func (s *Store) AddOneTimeToken(ctx context.Context, t account.OneTimeToken, mails []account.OutgoingMail) error {
	return s.inChangeTx(ctx, func(tx *changeTx) error {
		if err := tx.lockSubject(ctx, t.Subject); err != nil {
			return err
		}
		err := requireOneRow(tx.ExecContext(ctx, s.dialect.sql(`
			INSERT INTO one_time_tokens (hash, purpose, subject, user_id, request, code, version, created_at, expires_at)
			SELECT $1, $2, $3, $4, $5, $6, $9, {now}, {now} + CAST($7 AS BIGINT)
			WHERE (SELECT count(*) FROM one_time_tokens
				WHERE subject = $3 AND purpose = $2 AND used_at IS NULL AND expires_at > {now}) < $8`),
			t.Hash, t.Purpose, t.Subject, nullable(t.UserID), t.Request, t.Code, t.Lifetime.Microseconds(), account.MaxLiveTokens, t.Version))
		if errors.Is(err, errNoEffect) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.addMails(ctx, mails)
	})
}

// lockSubject serializes the requests for an address, whether or not it has an account. SQLite has one writer.
func (c *changeTx) lockSubject(ctx context.Context, subject []byte) error {
	if c.dialect != onPostgres {
		return nil
	}
	sum := sha256.Sum256(subject)
	_, err := c.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(binary.BigEndian.Uint64(sum[:])))
	return err
}

// voidTokens voids the live tokens that meet a condition, and deletes their mails from the queue.
func (c *changeTx) voidTokens(ctx context.Context, condition string, args ...any) error {
	var voided [][]byte
	if err := c.SelectContext(ctx, &voided, c.dialect.sql(
		`UPDATE one_time_tokens SET used_at = {now} WHERE used_at IS NULL AND `+condition+` RETURNING hash`), args...); err != nil {
		return err
	}
	return c.dropMails(ctx, voided...)
}

// voidPasswordTokens voids the tokens that reset the password of an account. A change of the password does so.
func (c *changeTx) voidPasswordTokens(ctx context.Context, userID string) error {
	return c.voidTokens(ctx, `user_id = $1 AND purpose = $2`, userID, account.PurposeResetPassword)
}

// OneTimeTokenByHash implements account.OneTimeTokens.
func (s *Store) OneTimeTokenByHash(
	ctx context.Context, purpose account.TokenPurpose, hash []byte,
) (account.OneTimeToken, error) {
	return s.oneTimeToken(ctx, `hash`, purpose, hash)
}

// OneTimeTokenByRequest implements account.OneTimeTokens.
func (s *Store) OneTimeTokenByRequest(
	ctx context.Context, purpose account.TokenPurpose, request []byte,
) (account.OneTimeToken, error) {
	return s.oneTimeToken(ctx, `request`, purpose, request)
}

func (s *Store) oneTimeToken(
	ctx context.Context, column string, purpose account.TokenPurpose, value []byte,
) (t account.OneTimeToken, err error) {
	var row struct {
		Hash    []byte  `db:"hash"`
		Subject []byte  `db:"subject"`
		UserID  *string `db:"user_id"`
		Request []byte  `db:"request"`
		Code    []byte  `db:"code"`
		Version int64   `db:"version"`
	}
	if err := s.read.GetContext(ctx, &row, s.dialect.sql(`
		SELECT hash, subject, user_id, request, code, version FROM one_time_tokens
		WHERE `+column+` = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > {now}`), value, purpose); err != nil {
		return t, storeError(err)
	}
	t = account.OneTimeToken{Hash: row.Hash, Purpose: purpose, Subject: row.Subject, Request: row.Request, Code: row.Code, Version: row.Version}
	if row.UserID != nil {
		t.UserID = *row.UserID
	}
	return t, nil
}

// useToken uses a live token of a purpose and an account. It fails with ErrChanged if the token was used or has expired.
func (c *changeTx) useToken(ctx context.Context, purpose account.TokenPurpose, userID string, hash []byte) error {
	err := requireOneRow(c.ExecContext(ctx, c.dialect.sql(`
		UPDATE one_time_tokens SET used_at = {now}
		WHERE hash = $1 AND purpose = $2 AND user_id = $3 AND used_at IS NULL AND expires_at > {now}`), hash, purpose, userID))
	if errors.Is(err, errNoEffect) {
		return account.ErrChanged
	}
	return err
}

// ResetPassword implements account.OneTimeTokens.
func (s *Store) ResetPassword(
	ctx context.Context, r account.PasswordReset,
) (user *account.User, session *account.Session, err error) {
	err = s.inChangeTx(ctx, func(tx *changeTx) error {
		user, session = nil, nil
		// 1. Lock the account's row, before the token's, as a deletion of the account does.
		if err := tx.lockUser(ctx, r.UserID); err != nil {
			return err
		}
		// 2. Use the token. An erased account has none.
		if err := tx.useToken(ctx, account.PurposeResetPassword, r.UserID, r.Token); err != nil {
			return err
		}
		users, err := usersByID(ctx, tx, []string{r.UserID})
		if err != nil {
			return err
		}
		before := users[0]
		// 3. Set the password. The token proves the address.
		err = requireOneRow(tx.ExecContext(ctx, s.dialect.sql(`
			UPDATE users SET password_hash = $3, credential_version = credential_version + 1, pending_email = NULL,
				email_confirmed_at = coalesce(email_confirmed_at, {now})
			WHERE id = $1 AND credential_version = $2`), r.UserID, r.CredentialVersion, r.Hash))
		if errors.Is(err, errNoEffect) {
			return account.ErrChanged
		}
		if err != nil {
			return err
		}
		if !before.EmailConfirmed() {
			if err := tx.clearProfile(ctx, before); err != nil {
				return err
			}
		}
		// 4. End the sessions, and void the other tokens.
		if _, err := s.endSessions(ctx, tx, account.SessionEnd{
			UserID: r.UserID, Reason: account.PasswordChanged, Client: r.Session.Client,
		}, `true`); err != nil {
			return err
		}
		if err := tx.voidPasswordTokens(ctx, r.UserID); err != nil {
			return err
		}
		// 5. Start a session, unless the account is suspended.
		if before.SuspendedAt == nil {
			if session, err = s.insertSession(ctx, tx, r.Session, r.CredentialVersion+1); err != nil {
				return err
			}
		}
		tx.changed.Users = append(tx.changed.Users, r.UserID)
		if users, err = usersByID(ctx, tx, []string{r.UserID}); err != nil {
			return err
		}
		user = users[0]
		// 6. Record the reset, and notify the owner.
		if err := tx.audit(ctx, event{
			action: account.ActionPasswordReset, actor: r.UserID, subject: r.UserID, client: r.Session.Client,
		}); err != nil {
			return err
		}
		return tx.addMails(ctx, r.Mails)
	})
	return user, session, err
}

// clearProfile removes what was set before the address of an account was confirmed, because another person may have set it.
func (c *changeTx) clearProfile(ctx context.Context, u *account.User) error {
	var none *string
	_, err := c.changeProfile(ctx, account.UserChange{ID: u.ID, DisplayName: &none, Locale: &none})
	return err
}

// tokensBatch is the maximum number of tokens that one step deletes, which bounds the time of its locks.
const tokensBatch = 1000

// PurgeTokens deletes a batch of expired tokens.
func (s *Store) PurgeTokens(ctx context.Context) error {
	_, err := s.exec(ctx, s.dialect.sql(`
		DELETE FROM one_time_tokens WHERE hash IN (SELECT hash FROM one_time_tokens WHERE expires_at <= {now} ORDER BY expires_at LIMIT $1)`),
		tokensBatch)
	return err
}
