package account

import "time"

// User is an account as others may come to see it: its secrets are not in it.
type User struct {
	ID               string
	Email            string
	EmailKey         string // key of comparison and order
	EmailConfirmedAt *time.Time
	PendingEmail     *string
	DisplayName      *string
	NameKey          string // sort key; "" for an account without a name
	Locale           *string
	HasPassword      bool
	CreatedAt        time.Time
	LastSignInAt     *time.Time // nil for never
	SuspendedAt      *time.Time
	EraseAt          *time.Time   // nil unless the deletion was requested
	Roles            []string     // names, sorted
	Permissions      []Permission // union of all roles, in the order of the schema
}

// OwnerID implements auth.Owned: an account owns itself.
func (u *User) OwnerID() string { return u.ID }

// EmailConfirmed reports whether the address has been confirmed.
func (u *User) EmailConfirmed() bool { return u.EmailConfirmedAt != nil }

// IsNode implements the schema's Node.
func (*User) IsNode() {}

// GetID implements the schema's Node.
func (u *User) GetID() string { return u.ID }

// Credential holds the stored hash that a password is compared with.
type Credential struct {
	UserID       string
	PasswordHash string // "" for an account without a password
	Version      int64  // goes up with each change of the password
	SuspendedAt  *time.Time
	EraseAt      *time.Time // nil unless the deletion was requested
}

// FirstVersion is the version of a new account's credential.
const FirstVersion = 1

// UserChange is a change of what an account says of its person. A nil pointer leaves the value as it is.
type UserChange struct {
	ID          string
	DisplayName **string // to nil: no name
	Locale      **string // to nil: none; ignored by Administration
}

// NewUser is an account to be made.
type NewUser struct {
	ID           string
	Email        Email
	DisplayName  *string
	PasswordHash string
	Roles        []string
}
