package db

import (
	"context"

	"authgraph/account"
	"authgraph/auth"
)

// rightsLock is the advisory lock under which rights change on PostgreSQL: the letters of "rights".
const rightsLock int64 = 0x726967687473

// administration is a change to the accounts of others. Of these there is one at a time, so that what it has read still
// holds when it commits; SQLite has one writer in any case.
type administration struct {
	*changeTx
	by   account.Administrator
	held account.Holdings // by whoever changes, now
}

// administer runs f in one transaction, unless by does not hold what is needed any more.
func (s *Store) administer(
	ctx context.Context, by account.Administrator, needs account.Permission, f func(tx *administration) error,
) error {
	return s.inChangeTx(ctx, func(c *changeTx) error {
		if s.dialect == onPostgres {
			if _, err := c.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, rightsLock); err != nil {
				return err
			}
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

// heldBy returns the holdings of by: none if the account is gone or suspended, and those of both for an impersonator.
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
	if err != nil || len(users) == 0 || users[0].SuspendedAt != nil {
		return account.Holdings{}, err
	}
	return account.Holdings{Roles: users[0].Roles, Permissions: users[0].Permissions}, nil
}

// target returns the account that is to be changed.
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

// notLast refuses what would take the last administrator away.
func (a *administration) notLast(ctx context.Context, u *account.User) error {
	if !u.IsAdministrator() {
		return nil
	}
	var others bool
	err := a.GetContext(ctx, &others, `SELECT EXISTS (
		SELECT 1 FROM roles r JOIN user_roles ur ON ur.role_id = r.id JOIN users u ON u.id = ur.user_id
		WHERE r.name = $1 AND u.id <> $2 AND u.suspended_at IS NULL)`, account.RoleAdmin, u.ID)
	if err == nil && !others {
		err = account.ErrLastAdministrator
	}
	return err
}

// rightsChanged says whose rights this has changed, and returns the account as it is now. Whoever can't act as others
// any more does so no longer.
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

// record writes to the audit log what by has done.
func (a *administration) record(ctx context.Context, action, subject string, details map[string]any) error {
	return a.audit(ctx, event{
		action: action, actor: a.by.UserID, impersonator: a.by.Impersonator, subject: subject, session: a.by.SessionID,
		client: a.by.Client, details: details,
	})
}

// recordPrivate is record for what was said about the subject, which goes with its account.
func (a *administration) recordPrivate(ctx context.Context, action, subject string, private map[string]any) error {
	return a.audit(ctx, event{
		action: action, actor: a.by.UserID, impersonator: a.by.Impersonator, subject: subject, session: a.by.SessionID,
		client: a.by.Client, private: private,
	})
}

// reasonOf is what the log keeps of a reason that somebody gave.
func reasonOf(private string) map[string]any {
	if private == "" {
		return nil
	}
	return map[string]any{"reason": private}
}
