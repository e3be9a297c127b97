package account

import "time"

// UserFilter says which accounts; what is empty or nil excludes none.
type UserFilter struct {
	Query     string // beginning of the address or of the display name, in any case
	Role      string // the name of one that they have
	Suspended *bool
}

// UserOrderField is what accounts are sorted by; the schema's enum UserOrderField.
type UserOrderField string

// The fields.
const (
	ByCreation UserOrderField = "CREATED_AT"
	ByEmail    UserOrderField = "EMAIL"
)

// UserMark is a place in a list of accounts that is sorted by creation or by address: an account need not be there any
// more for the list to go on after it.
type UserMark struct {
	CreatedAt time.Time // with ByCreation
	ID        string    // with ByCreation: among accounts of the same time
	EmailKey  string    // with ByEmail
}

// Mark returns where u stands in a list that is sorted by f.
func (u *User) Mark(f UserOrderField) UserMark {
	if f == ByEmail {
		return UserMark{EmailKey: u.EmailKey}
	}
	return UserMark{CreatedAt: u.CreatedAt, ID: u.ID}
}

// UserQuery asks for a page of accounts.
type UserQuery struct {
	Filter        UserFilter
	By            UserOrderField
	Descending    bool
	After, Before *UserMark // exclusive; nil for the edge
	Limit         int
	Backward      bool // the last ones rather than the first
}

// UserPage is a page of accounts.
type UserPage struct {
	Users            []*User
	HasNext, HasPrev bool
}
