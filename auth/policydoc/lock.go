package policydoc

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"authgraph/auth"
)

// lockHead explains a lock to its readers.
const lockHead = `# Who may use which field. Written by "policy lock"; a change of it is a change of the rules, to be reviewed as one.
# A bar stands between rules of which one is enough, a plus between what must hold together.
`

// WriteLock writes the policy, so that a change of the rules shows in review.
func WriteLock(w io.Writer, p *auth.Policy) error {
	var b strings.Builder
	b.WriteString(lockHead)
	entries := p.Entries()
	width := 0
	for _, e := range entries {
		width = max(width, len(e.Field))
	}
	for _, e := range entries {
		fmt.Fprintf(&b, "%-*s  %s\n", width, e.Field, e)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Change is a difference between the rules of a field and the lock's.
type Change struct {
	Field    string
	Was, Is  string // as the lock has them; "" if it is missing
	MoreOpen bool   // a caller may use the field who might not before
	Closed   bool   // a caller may not use it who might before
}

// String says the change in one line.
func (c Change) String() string {
	kind := "says otherwise, and means the same"
	switch {
	case c.Was == "":
		return fmt.Sprintf("%s is new: %s", c.Field, c.Is)
	case c.Is == "":
		return fmt.Sprintf("%s is gone; it was: %s", c.Field, c.Was)
	case c.MoreOpen && c.Closed:
		kind = "is open to others than before"
	case c.MoreOpen:
		kind = "is more open"
	case c.Closed:
		kind = "is more closed"
	}
	return fmt.Sprintf("%s %s: was %s, is %s", c.Field, kind, c.Was, c.Is)
}

// Compare returns how the policy differs from a lock, in the order of the fields. An error says that the lock can't be
// read.
func Compare(p *auth.Policy, lock io.Reader) ([]Change, error) {
	was, err := readLock(lock)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, is := range p.Entries() {
		before, ok := was[is.Field]
		delete(was, is.Field)
		switch {
		case !ok:
			changes = append(changes, Change{Field: is.Field, Is: is.String(), MoreOpen: true})
		case before.String() != is.String():
			changes = append(changes, Change{
				Field: is.Field, Was: before.String(), Is: is.String(),
				MoreOpen: !p.Covers(before, is), Closed: !p.Covers(is, before),
			})
		}
	}
	for _, gone := range was {
		changes = append(changes, Change{Field: gone.Field, Was: gone.String(), Closed: true})
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return strings.Compare(a.Field, b.Field) })
	return changes, nil
}

func readLock(lock io.Reader) (map[string]auth.Entry, error) {
	was := map[string]auth.Entry{}
	lines := bufio.NewScanner(lock)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		field, text, _ := strings.Cut(line, " ")
		e, err := auth.ParseEntry(field, strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		was[field] = e
	}
	return was, lines.Err()
}
