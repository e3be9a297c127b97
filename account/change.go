package account

// Change says what has just been changed in the database, here or by another instance, and so must no longer be
// believed from memory.
type Change struct {
	Sessions []string // ended
	Users    []string // suspended, renamed, or with other rights
	Rights   bool     // of many accounts, by a change of a role
	Keys     bool     // the signing keys
	All      bool     // it is not known what: anything may have changed
}
