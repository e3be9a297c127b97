package stream

// tally counts what is open at the moment, by name.
type tally map[string]int

func (t tally) add(name string) { t[name]++ }

func (t tally) remove(name string) {
	if t[name]--; t[name] == 0 {
		delete(t, name)
	}
}
