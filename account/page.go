package account

// Page is a slice of a connection: Relay's cursor connections, 4. Cursors are ids.
type Page struct {
	After, Before string // exclusive; "" for the edge
	Limit         int
	Backward      bool // the last ones rather than the first
	Counted       bool // whether it is asked how many there are in all
}

// SessionPage is a page of sessions.
type SessionPage struct {
	Sessions         []*Session
	Total            int // where it was asked for
	HasNext, HasPrev bool
}
