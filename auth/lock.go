package auth

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
)

// lockHead explains a lock to whoever opens it.
const lockHead = `# Who may use which field. Written by "policy lock"; a change of it is a change of the rules, to be reviewed as one.
# A bar stands between rules of which one is enough, a plus between what must hold together.
`

// WriteLock writes the policy down, so that a change of the rules shows in review.
func (p *Policy) WriteLock(w io.Writer) error {
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

// Change is how the rules of a field differ from the lock's.
type Change struct {
	Field    string
	Was, Is  string // as the lock has them; "" where there is none
	MoreOpen bool   // somebody may use the field who might not
	Closed   bool   // somebody may not who might
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

// Compare returns how the policy differs from what a lock says, in the order of the fields. An error says that the
// lock can't be read.
func (p *Policy) Compare(lock io.Reader) ([]Change, error) {
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
			object, name, _ := strings.Cut(is.Field, ".")
			at := p.fields[coordinate{object, name}].at
			changes = append(changes, Change{
				Field: is.Field, Was: before.String(), Is: is.String(),
				MoreOpen: !within(is, before, at), Closed: !within(before, is, at),
			})
		}
	}
	for _, gone := range was {
		changes = append(changes, Change{Field: gone.Field, Was: gone.String(), Closed: true})
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return strings.Compare(a.Field, b.Field) })
	return changes, nil
}

// within reports whether everybody whom a lets in, b lets in too. Rules are conjunctions of conditions of which none
// rests on another's absence, so that holds just if each rule of a asks for all that some rule of b does.
func within(a, b Entry, at place) bool {
	if b.Public {
		return true
	}
	if a.Public {
		return false
	}
	for _, ra := range a.AnyOf {
		if !slices.ContainsFunc(b.AnyOf, func(rb Rule) bool { return ra.implies(rb, at) }) {
			return false
		}
	}
	return true
}

// implies reports whether whoever fulfils r at a place fulfils other too.
func (r Rule) implies(other Rule, at place) bool {
	if !at.self() && r.admitsKeys() && !other.admitsKeys() || r.admitsActors(at) && !other.admitsActors(at) {
		return false
	}
	for _, permission := range other.Permissions {
		if !slices.Contains(r.Permissions, permission) {
			return false
		}
	}
	if len(other.Roles) > 0 {
		if len(r.Roles) == 0 {
			return false
		}
		for _, role := range r.Roles {
			if !slices.Contains(other.Roles, role) {
				return false
			}
		}
	}
	// Without an assurance a rule asks for what the account can do: more than one factor, and no more than two.
	rank := func(a Assurance) int { return slices.Index([]Assurance{SingleFactor, "", MultiFactor}, a) }
	return (r.Owner || !other.Owner) && rank(r.Assurance) >= rank(other.Assurance) &&
		(other.MaxAge == 0 || r.MaxAge > 0 && r.MaxAge <= other.MaxAge)
}

func readLock(lock io.Reader) (map[string]Entry, error) {
	was := map[string]Entry{}
	lines := bufio.NewScanner(lock)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		field, text, _ := strings.Cut(line, " ")
		e, err := readEntry(field, strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		was[field] = e
	}
	return was, lines.Err()
}

func readEntry(field, text string) (Entry, error) {
	e := Entry{Field: field}
	if text == public || text == openToAll {
		e.Public, e.Root = true, text == public
		return e, nil
	}
	for rule := range strings.SplitSeq(text, " | ") {
		r, err := readRule(rule)
		if err != nil {
			return e, fmt.Errorf("%s: %w", field, err)
		}
		e.AnyOf = append(e.AnyOf, r)
	}
	return e, nil
}

func readRule(text string) (r Rule, err error) {
	if text == signedIn {
		return r, nil
	}
	for term := range strings.SplitSeq(text, " + ") {
		kind, value, _ := strings.Cut(term, ":")
		switch kind + ":" {
		case ownerTerm + ":":
			r.Owner = true
		case roleTerm:
			for name := range strings.SplitSeq(value, "/") {
				if name, err = url.PathUnescape(name); err != nil {
					return r, err
				}
				r.Roles = append(r.Roles, name)
			}
		case permissionTerm:
			if value, err = url.PathUnescape(value); err != nil {
				return r, err
			}
			r.Permissions = append(r.Permissions, value)
		case proofTerm:
			r.Assurance = Assurance(value)
		case maxAgeTerm:
			if r.MaxAge, err = time.ParseDuration(value); err != nil {
				return r, err
			}
		default:
			if term == "" || strings.ContainsAny(term, ": ") {
				return r, fmt.Errorf("%q is not understood", term)
			}
			r.Permissions = append(r.Permissions, term)
		}
	}
	return r, nil
}
