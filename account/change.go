package account

// Change names the objects that an instance has changed in the database. Caches must drop them.
type Change struct {
	Sessions []string // ended
	Replaced []string // the sessions among Sessions that another session continues
	Users    []string // suspended, renamed, or with other permissions
	Rights   bool     // permissions of many accounts, by a change of a role
	Keys     bool     // the signing keys
	All      bool     // anything may have changed
}
