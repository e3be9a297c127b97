package account

import (
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"authgraph/auth"
	"authgraph/auth/password"
)

// The bounds of a password, in characters.
const (
	PasswordMinLength = password.MinLength
	PasswordMaxLength = password.MaxLength
)

// Registration is the input of a registration.
type Registration struct {
	Email       string
	Password    string
	DisplayName *string
	Delivery    Delivery
}

// Register adds an account and signs it in. The error joins a refusal of each value that is invalid. The attempt takes a unit
// from each of the limits.
func (s *Service) Register(ctx context.Context, in Registration, client Client, limits []Limit) (*SignIn, error) {
	if !s.settings.Registration {
		return nil, ErrRegistrationClosed
	}
	u, err := s.newUser(ctx, client, limits, in, RoleUser)
	if err != nil {
		return nil, err
	}
	user, session, err := s.store.AddUserWithSession(ctx, u, s.newSession(u.ID, in.Delivery, client, nil))
	if errors.Is(err, ErrEmailTaken) {
		if err := s.noteTaken(ctx, u.Email, client); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, taken(err)
	}
	signedIn, err := s.signIn(ctx, user, session)
	if err != nil {
		return nil, err
	}
	return s.withDeviceToken(ctx, signedIn, u.Email, FirstVersion)
}

// Create adds an account without a sign-in, for the operator's command. Every account has RoleUser.
func (s *Service) Create(ctx context.Context, in Registration, roles ...string) (*User, error) {
	roles = append([]string{RoleUser}, roles...)
	if fault := checkRoles("roles", roles); fault != nil {
		return nil, fault
	}
	u, err := s.newUser(ctx, Client{}, nil, in, roles...)
	if err != nil {
		return nil, err
	}
	user, err := s.store.AddUser(ctx, u)
	if err != nil {
		return nil, taken(err)
	}
	return user, nil
}

// newUser checks the input and hashes the password.
func (s *Service) newUser(ctx context.Context, client Client, limits []Limit, in Registration, roles ...string) (NewUser, error) {
	var wrong faults
	email, fault := parseEmail("email", in.Email)
	wrong.add(fault)
	wrong.add(checkPassword("password", in.Password, in.Email, deref(in.DisplayName)))
	name, fault := checkDisplayName("displayName", in.DisplayName)
	wrong.add(fault)
	if err := wrong.err(); err != nil {
		return NewUser{}, err
	}
	ticket, err := s.admit(client)
	if err != nil {
		return NewUser{}, err
	}
	defer ticket.Leave()
	attempt, err := s.attempt(ctx, ticket, limits, subjectOf(email, client, nil))
	if err != nil {
		return NewUser{}, err
	}
	defer attempt.end()
	hash, err := ticket.Hash(ctx, in.Password)
	if err != nil {
		err = overloaded(err)
		attempt.giveBackIfShed(ctx, err)
		return NewUser{}, err
	}
	return NewUser{ID: newID(userPrefix), Email: email, DisplayName: name, PasswordHash: hash, Roles: roles}, nil
}

// noteTaken records a registration with the address of an account, because its error reveals that the account exists.
func (s *Service) noteTaken(ctx context.Context, address Email, client Client) error {
	c, err := s.store.CredentialByEmailKey(ctx, address.Key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return s.log.Note(ctx, AuditNote{
		Action: ActionRegister, Outcome: Failed, Subject: c.UserID, Address: address.Key, Client: client.Clean(),
		Details: map[string]any{"reason": auth.EmailTaken},
	})
}

func taken(err error) error {
	if errors.Is(err, ErrEmailTaken) {
		return invalid("email", auth.EmailTaken, "An account with this address exists")
	}
	return err
}

// normalize returns the composed form of s without surrounding space, for a comparison.
func normalize(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// checkPassword refuses a password by its form. personal has the account's address and name.
func checkPassword(field, plaintext string, personal ...string) *auth.Error {
	for i := range personal {
		personal[i] = normalize(personal[i])
	}
	switch password.Check(plaintext, slices.DeleteFunc(personal, func(s string) bool { return s == "" })...) {
	case password.OK:
		return nil
	case password.TooShort:
		return invalid(field, auth.PasswordTooShort, "A password has at least %d characters", PasswordMinLength)
	case password.TooLong:
		return invalid(field, auth.PasswordTooLong, "A password has at most %d characters", PasswordMaxLength)
	case password.TooCommon:
		return invalid(field, auth.PasswordTooCommon, "This password is too common")
	case password.Personal:
		return invalid(field, auth.PasswordIsPersonal, "This password is made of the account's own address or name")
	default:
		return invalid(field, auth.ValueInvalid, "This is not text")
	}
}
