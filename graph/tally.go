package graph

// tally counts what is open at the moment: in all, and of each.
type tally struct {
	all int
	of  map[string]int
}

func newTally() tally { return tally{of: map[string]int{}} }

func (t *tally) add(name string) {
	t.all++
	t.of[name]++
}

func (t *tally) remove(name string) {
	t.all--
	if t.of[name]--; t.of[name] == 0 {
		delete(t.of, name)
	}
}

// share is what may be taken, of most, where somebody could otherwise take it all: a quarter, and at least one.
func share(most int) int { return (most + 3) / 4 }

// full reports whether one more is too many of its session. Those of nobody are bounded by network, as a session is, and
// take a quarter of all places at most, so that the signed-in find one. It is called under the lock.
func (s *Streams) full(st *stream) bool {
	if st.who != nil {
		return s.by.of[st.who.Session] >= s.perSession
	}
	return s.nobodys.all >= share(s.most) || s.nobodys.of[st.network] >= s.perSession
}
