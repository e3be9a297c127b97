package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
	"authgraph/graph/reqctx"
)

// administer runs a change to other accounts for the caller. The error holds every fault of the input.
func administer[V any](
	ctx context.Context, change func(context.Context, account.Administrator) (V, error),
) (v V, _ error) {
	caller, err := auth.From(ctx)
	if err != nil {
		return v, err
	}
	if v, err = change(ctx, account.AdministratorOf(caller, reqctx.ClientOf(ctx))); err != nil {
		return v, addAllButLast(ctx, err)
	}
	return v, nil
}

// changeUser is administer for a change that answers with the account.
func changeUser(
	ctx context.Context, change func(context.Context, account.Administrator) (*account.User, error),
) (*model.UserPayload, error) {
	user, err := administer(ctx, change)
	if err != nil {
		return nil, err
	}
	return &model.UserPayload{User: user}, nil
}

// changeRole is administer for a change that answers with the role.
func changeRole(
	ctx context.Context, change func(context.Context, account.Administrator) (*account.Role, error),
) (*model.RolePayload, error) {
	role, err := administer(ctx, change)
	if err != nil {
		return nil, err
	}
	return &model.RolePayload{Role: role}, nil
}

// Roles implements generated.QueryResolver.
func (r *queryResolver) Roles(ctx context.Context) ([]*account.Role, error) {
	return r.reader.Roles(ctx)
}

// SuspendUser implements generated.MutationResolver.
func (r *mutationResolver) SuspendUser(ctx context.Context, id string, reason *string) (*model.UserPayload, error) {
	return changeUser(ctx, func(ctx context.Context, by account.Administrator) (*account.User, error) {
		return r.accounts.Suspend(ctx, by, id, reason)
	})
}

// ReinstateUser implements generated.MutationResolver.
func (r *mutationResolver) ReinstateUser(ctx context.Context, id string) (*model.UserPayload, error) {
	return changeUser(ctx, func(ctx context.Context, by account.Administrator) (*account.User, error) {
		return r.accounts.Reinstate(ctx, by, id)
	})
}

// SetUserRoles implements generated.MutationResolver.
func (r *mutationResolver) SetUserRoles(ctx context.Context, id string, roles []string) (*model.UserPayload, error) {
	return changeUser(ctx, func(ctx context.Context, by account.Administrator) (*account.User, error) {
		return r.accounts.SetRoles(ctx, by, id, roles)
	})
}

// DeleteUser implements generated.MutationResolver.
func (r *mutationResolver) DeleteUser(ctx context.Context, id string) (*model.DeleteUserPayload, error) {
	return administer(ctx, func(ctx context.Context, by account.Administrator) (*model.DeleteUserPayload, error) {
		at, err := r.accounts.Erase(ctx, by, id)
		if err != nil {
			return nil, err
		}
		return &model.DeleteUserPayload{DeletedUserID: id, ErasedAt: at}, nil
	})
}

// UpdateUser implements generated.MutationResolver.
func (r *mutationResolver) UpdateUser(ctx context.Context, id string, in model.UpdateUserInput) (*model.UserPayload, error) {
	c := account.UserChange{ID: id}
	if name, set := in.DisplayName.ValueOK(); set {
		c.DisplayName = &name
	}
	return changeUser(ctx, func(ctx context.Context, by account.Administrator) (*account.User, error) {
		user, err := r.accounts.UpdateUser(ctx, by, c)
		return user, belowArgument("input", err)
	})
}

// RevokeUserSession implements generated.MutationResolver.
func (r *mutationResolver) RevokeUserSession(ctx context.Context, id string) (*model.RevokeSessionPayload, error) {
	return administer(ctx, func(ctx context.Context, by account.Administrator) (*model.RevokeSessionPayload, error) {
		session, err := r.accounts.EndUserSession(ctx, by, id)
		if err != nil {
			return nil, err
		}
		return &model.RevokeSessionPayload{Session: session}, nil
	})
}

// RevokeUserSessions implements generated.MutationResolver.
func (r *mutationResolver) RevokeUserSessions(ctx context.Context, id string) (*model.RevokeUserSessionsPayload, error) {
	return administer(ctx, func(ctx context.Context, by account.Administrator) (*model.RevokeUserSessionsPayload, error) {
		user, ended, err := r.accounts.EndUserSessions(ctx, by, id)
		if err != nil {
			return nil, err
		}
		return &model.RevokeUserSessionsPayload{User: user, EndedSessionIds: ended}, nil
	})
}

// CreateRole implements generated.MutationResolver.
func (r *mutationResolver) CreateRole(ctx context.Context, in model.CreateRoleInput) (*model.RolePayload, error) {
	return changeRole(ctx, func(ctx context.Context, by account.Administrator) (*account.Role, error) {
		role, err := r.accounts.AddRole(ctx, by, account.NewRole{
			Name: in.Name, Description: in.Description, Permissions: in.Permissions,
		})
		return role, belowArgument("input", err)
	})
}

// UpdateRole implements generated.MutationResolver.
func (r *mutationResolver) UpdateRole(ctx context.Context, id string, in model.UpdateRoleInput) (*model.RolePayload, error) {
	c := account.RoleChange{ID: id}
	if description, set := in.Description.ValueOK(); set {
		c.Description = &description
	}
	if permissions, set := in.Permissions.ValueOK(); set {
		c.Permissions = append([]account.Permission{}, permissions...) // null: nothing, rather than unchanged
	}
	return changeRole(ctx, func(ctx context.Context, by account.Administrator) (*account.Role, error) {
		role, err := r.accounts.ChangeRole(ctx, by, c)
		return role, belowArgument("input", err)
	})
}

// DeleteRole implements generated.MutationResolver.
func (r *mutationResolver) DeleteRole(ctx context.Context, id string) (*model.DeleteRolePayload, error) {
	return administer(ctx, func(ctx context.Context, by account.Administrator) (*model.DeleteRolePayload, error) {
		if err := r.accounts.DeleteRole(ctx, by, id); err != nil {
			return nil, err
		}
		return &model.DeleteRolePayload{DeletedRoleID: id}, nil
	})
}

// Impersonate implements generated.MutationResolver.
func (r *mutationResolver) Impersonate(ctx context.Context, userID, reason string) (*model.AuthPayload, error) {
	s, err := administer(ctx, func(ctx context.Context, by account.Administrator) (*account.SignIn, error) {
		return r.accounts.Impersonate(ctx, by, userID, reason)
	})
	if err != nil {
		return nil, err
	}
	return payloadOf(ctx, s), nil
}

// impersonator returns who acts through a session that is not their own account's.
func impersonator(ctx context.Context, s *account.Session) (*account.User, error) {
	if s.Actor == nil {
		return nil, nil
	}
	return userOf(ctx, s.Actor.UserID)
}

// selected reports whether the field that is being resolved is asked for the named one below it.
func selected(ctx context.Context, name string) bool {
	for _, field := range graphql.CollectFieldsCtx(ctx, nil) {
		if field.Name == name {
			return true
		}
	}
	return false
}
