package account

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"authgraph/auth"
)

// maxText is the maximum length of a reason or a description, in characters.
const maxText = 500

// SetRoles gives an account these roles, and RoleUser, which every account has.
func (s *Service) SetRoles(ctx context.Context, by Administrator, userID string, roles []string) (*User, error) {
	if !IsUserID(userID) {
		return nil, ErrUserNotFound
	}
	for _, role := range roles {
		if !roleName.MatchString(role) {
			return nil, unknownRole()
		}
	}
	roles = append([]string{RoleUser}, roles...)
	if fault := checkRoles("roles", roles); fault != nil {
		return nil, fault
	}
	user, err := s.store.SetRoles(ctx, by, userID, roles)
	if errors.Is(err, ErrUnknownRole) {
		return nil, unknownRole()
	}
	return user, err
}

func unknownRole() error {
	return invalid("roles", auth.ValueInvalid, "There is no role of this name")
}

// Suspend keeps an account from signing in, and ends its sessions.
func (s *Service) Suspend(ctx context.Context, by Administrator, userID string, reason *string) (*User, error) {
	if fault := checkText("reason", reason); fault != nil {
		return nil, fault
	}
	if !IsUserID(userID) {
		return nil, ErrUserNotFound
	}
	return s.store.Suspend(ctx, by, userID, deref(reason))
}

// Reinstate lets an account sign in again.
func (s *Service) Reinstate(ctx context.Context, by Administrator, userID string) (*User, error) {
	if !IsUserID(userID) {
		return nil, ErrUserNotFound
	}
	return s.store.Reinstate(ctx, by, userID)
}

// Erase deletes an account and what belongs to it, and returns when.
func (s *Service) Erase(ctx context.Context, by Administrator, userID string) (time.Time, error) {
	if !IsUserID(userID) {
		return time.Time{}, ErrUserNotFound
	}
	return s.store.EraseUser(ctx, by, userID)
}

// EndUserSessions ends every session of an account, and returns their ids.
func (s *Service) EndUserSessions(ctx context.Context, by Administrator, userID string) (*User, []string, error) {
	if !IsUserID(userID) {
		return nil, nil, ErrUserNotFound
	}
	return s.store.EndUserSessions(ctx, by, userID)
}

// UpdateUser changes the display name of an account. ErrUserNotFound, or the refusal of the name.
func (s *Service) UpdateUser(ctx context.Context, by Administrator, c UserChange) (*User, error) {
	if c.DisplayName != nil {
		name, fault := checkDisplayName("displayName", *c.DisplayName)
		if fault != nil {
			return nil, fault
		}
		c.DisplayName = &name
	}
	if !IsUserID(c.ID) {
		return nil, ErrUserNotFound
	}
	return s.store.UpdateUser(ctx, by, c)
}

// EndUserSession ends a session of any account and returns it. ErrSessionNotFound.
func (s *Service) EndUserSession(ctx context.Context, by Administrator, id string) (*Session, error) {
	if !IsSessionID(id) {
		return nil, ErrSessionNotFound
	}
	return s.store.EndUserSession(ctx, by, id)
}

// AddRole makes a role.
func (s *Service) AddRole(ctx context.Context, by Administrator, r NewRole) (*Role, error) {
	var wrong faults
	wrong.add(checkRoleName("name", r.Name))
	wrong.add(checkText("description", r.Description))
	if err := wrong.err(); err != nil {
		return nil, err
	}
	r.ID, r.Permissions, r.Description = newID(rolePrefix), distinct(r.Permissions), nilIfEmpty(r.Description)
	return s.store.AddRole(ctx, by, r)
}

// ChangeRole changes a role for all accounts that have it.
func (s *Service) ChangeRole(ctx context.Context, by Administrator, c RoleChange) (*Role, error) {
	if c.Description != nil {
		if fault := checkText("description", *c.Description); fault != nil {
			return nil, fault
		}
		description := nilIfEmpty(*c.Description)
		c.Description = &description
	}
	if !IsRoleID(c.ID) {
		return nil, ErrRoleNotFound
	}
	if c.Permissions != nil {
		c.Permissions = distinct(c.Permissions)
	}
	return s.store.ChangeRole(ctx, by, c)
}

// DeleteRole deletes a role.
func (s *Service) DeleteRole(ctx context.Context, by Administrator, id string) error {
	if !IsRoleID(id) {
		return ErrRoleNotFound
	}
	return s.store.DeleteRole(ctx, by, id)
}

// impersonationTime is the maximum duration of an impersonation. The session ends with its only access token, because it
// has no refresh token.
const impersonationTime = 30 * time.Minute

// Impersonate starts a session of another account.
func (s *Service) Impersonate(ctx context.Context, by Administrator, userID, reason string) (*SignIn, error) {
	if strings.TrimSpace(reason) == "" {
		return nil, invalid("reason", auth.ValueInvalid, "An impersonation needs a reason")
	}
	if fault := checkText("reason", &reason); fault != nil {
		return nil, fault
	}
	if !IsUserID(userID) {
		return nil, ErrUserNotFound
	}
	begun, err := s.store.AddImpersonation(ctx, by, NewSession{
		ID: newID(sessionPrefix), UserID: userID, Idle: impersonationTime,
		Absolute: min(impersonationTime, s.settings.AccessTokenTTL),
		Methods:  []SignInMethod{MethodImpersonation}, Delivery: DeliverBody, Client: by.Client, Why: reason,
	})
	if err != nil {
		return nil, err
	}
	p := principal(begun.User, begun.Session, begun.Actor, s.settings.Now())
	token, lifetime, err := s.tokens.Issue(ctx, p, begun.Session.ExpiresAt.Sub(begun.Session.ReadAt))
	if err != nil {
		return nil, err
	}
	return &SignIn{
		User: begun.User, Session: begun.Session, Principal: p, AccessToken: token, ExpiresIn: lifetime,
	}, nil
}

// checkText refuses a text that is too long or hides characters. Nil is valid.
func checkText(field string, text *string) *auth.Error {
	if text == nil || *text == "" {
		return nil
	}
	if fault := checkVisible(field, *text); fault != nil {
		return fault
	}
	if utf8.RuneCountInString(*text) > maxText {
		return invalid(field, auth.ValueTooLong, "This text has at most %d characters", maxText)
	}
	return nil
}

// nilIfEmpty returns nil for an empty text.
func nilIfEmpty(text *string) *string {
	if deref(text) == "" {
		return nil
	}
	return text
}
