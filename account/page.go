package account

// Page is a slice of a connection: Relay's cursor connections, 4. Cursors are ids.
type Page struct {
	After, Before string // exclusive; "" for the edge
	Limit         int
	Backward      bool // the last ones rather than the first
}

// SessionPage is a page of sessions.
type SessionPage struct {
	Sessions         []*Session
	Total            int
	HasNext, HasPrev bool
}
