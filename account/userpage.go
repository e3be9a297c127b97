package account

import "time"

// UserFilter selects accounts. An empty or nil field matches all.
type UserFilter struct {
	Query     string // words, or beginnings of words, of address or display name: see QueryWords
	Role      string // the name of one that they have
	Suspended *bool
}

// UserOrderField is the sort key of accounts; the schema's enum UserOrderField.
type UserOrderField string

// The fields. An account without a name or without a sign-in sorts before all that have one.
const (
	ByCreation   UserOrderField = "CREATED_AT"
	ByEmail      UserOrderField = "EMAIL"
	ByName       UserOrderField = "NAME"
	ByLastSignIn UserOrderField = "LAST_SIGN_IN"
)

// UserCursor is a place in a list of accounts. A list continues after a cursor even if its account no longer exists.
type UserCursor struct {
	At  time.Time // ByCreation and ByLastSignIn; 1970 for an account that never signed in
	Key string    // ByEmail and ByName: address or name as they are compared
	ID  string    // breaks ties; not used ByEmail
}

// Cursor returns the place of u in a list that is sorted by f.
func (u *User) Cursor(f UserOrderField) UserCursor {
	switch f {
	case ByEmail:
		return UserCursor{Key: u.EmailKey}
	case ByName:
		return UserCursor{Key: u.NameKey, ID: u.ID}
	case ByLastSignIn:
		at := time.UnixMicro(0).UTC()
		if u.LastSignInAt != nil {
			at = *u.LastSignInAt
		}
		return UserCursor{At: at, ID: u.ID}
	default:
		return UserCursor{At: u.CreatedAt, ID: u.ID}
	}
}

// UserQuery asks for a page of accounts.
type UserQuery struct {
	Filter        UserFilter
	By            UserOrderField
	Descending    bool
	After, Before *UserCursor // exclusive; nil for the edge
	Limit         int
	Backward      bool // the last ones rather than the first
}

// UserPage is a page of accounts.
type UserPage struct {
	Users            []*User
	HasNext, HasPrev bool
}
