package account

// Change says what has just been changed in the database, here or by another instance, and so must no longer be
// believed from memory.
type Change struct {
	Sessions []string // ended
	Users    []string // suspended, renamed, or with other rights
	Keys     bool     // the signing keys
	All      bool     // it is not known what: anything may have changed
}
