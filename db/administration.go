package db

import (
	"context"

	"authgraph/account"
	"authgraph/auth"
)

// rightsLock is the advisory lock of changes of permissions on PostgreSQL: the letters of "rights".
const rightsLock int64 = 0x726967687473

// administration is a transaction that changes other accounts. Administrations are serialized, so that the rows they have read
// are unchanged at the commit. SQLite has one writer.
type administration struct {
	*changeTx
	by   account.Administrator
	held account.Holdings // present holdings of by
}

// administer runs f in one transaction, if by still holds the permission needs.
func (s *Store) administer(
	ctx context.Context, by account.Administrator, needs account.Permission, f func(tx *administration) error,
) error {
	return s.inChangeTx(ctx, func(c *changeTx) error {
		if err := c.lockRights(ctx); err != nil {
			return err
		}
		tx := &administration{changeTx: c, by: by}
		var err error
		if tx.held, err = heldBy(ctx, c, by); err != nil {
			return err
		}
		if !account.MayGrant(tx.held.Permissions, []account.Permission{needs}) {
			return auth.ErrForbidden
		}
		return f(tx)
	})
}

// lockRights serializes the transaction with other changes of permissions. SQLite has one writer.
func (c *changeTx) lockRights(ctx context.Context) error {
	if c.dialect != onPostgres {
		return nil
	}
	_, err := c.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, rightsLock)
	return err
}

// heldBy returns the holdings of by, or no holdings if the account is deleted or suspended. An impersonator has the holdings
// that both accounts share.
func heldBy(ctx context.Context, c *changeTx, by account.Administrator) (account.Holdings, error) {
	held, err := holdingsOf(ctx, c, by.UserID)
	if err != nil || by.Impersonator == "" {
		return held, err
	}
	other, err := holdingsOf(ctx, c, by.Impersonator)
	return held.Shared(other), err
}

func holdingsOf(ctx context.Context, c *changeTx, id string) (account.Holdings, error) {
	users, err := usersByID(ctx, c, []string{id})
	if err != nil || len(users) == 0 || users[0].SuspendedAt != nil || users[0].EraseAt != nil {
		return account.Holdings{}, err
	}
	return account.Holdings{Roles: users[0].Roles, Permissions: users[0].Permissions}, nil
}

// target returns the account to change.
func (a *administration) target(ctx context.Context, id string) (*account.User, error) {
	users, err := usersByID(ctx, a, []string{id})
	switch {
	case err != nil:
		return nil, err
	case len(users) == 0:
		return nil, account.ErrUserNotFound
	case !account.MayAct(a.held.Permissions, users[0]):
		return nil, auth.ErrForbidden
	}
	return users[0], nil
}

// notLast returns ErrLastAdministrator if u is the last administrator.
func (c *changeTx) notLast(ctx context.Context, u *account.User) error {
	if !u.IsAdministrator() {
		return nil
	}
	var others bool
	err := c.GetContext(ctx, &others, `SELECT EXISTS (
		SELECT 1 FROM roles r JOIN user_roles ur ON ur.role_id = r.id JOIN users u ON u.id = ur.user_id
		WHERE r.name = $1 AND u.id <> $2 AND u.suspended_at IS NULL AND u.erase_at IS NULL)`, account.RoleAdmin, u.ID)
	if err == nil && !others {
		err = account.ErrLastAdministrator
	}
	return err
}

// rightsChanged announces a change of an account's permissions and returns the changed account. It ends the impersonations of
// accounts that have lost the permission.
func (a *administration) rightsChanged(ctx context.Context, s *Store, id string) (*account.User, error) {
	a.changed.Users = append(a.changed.Users, id)
	a.revoke(account.RevokedRights, id)
	if err := s.endImpersonations(ctx, a.changeTx); err != nil {
		return nil, err
	}
	users, err := usersByID(ctx, a, []string{id})
	if err != nil {
		return nil, err
	}
	return users[0], nil
}

// record records an action of by in the audit log.
func (a *administration) record(ctx context.Context, action, subject string, details map[string]any) error {
	return a.audit(ctx, event{
		action: action, actor: a.by.UserID, impersonator: a.by.Impersonator, subject: subject, session: a.by.SessionID,
		client: a.by.Client, details: details,
	})
}

// recordPrivate is record for details about the subject, which are erased together with its account.
func (a *administration) recordPrivate(ctx context.Context, action, subject string, private map[string]any) error {
	return a.audit(ctx, event{
		action: action, actor: a.by.UserID, impersonator: a.by.Impersonator, subject: subject, session: a.by.SessionID,
		client: a.by.Client, private: private,
	})
}

// reasonOf returns the details of a reason for the audit log.
func reasonOf(private string) map[string]any {
	if private == "" {
		return nil
	}
	return map[string]any{"reason": private}
}
