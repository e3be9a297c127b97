package auth

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// ParseEntry reads what Entry.String returns for a field.
func ParseEntry(field, text string) (Entry, error) {
	e := Entry{Field: field}
	if text == public || text == openToAll {
		e.Public, e.Root = true, text == public
		return e, nil
	}
	for rule := range strings.SplitSeq(text, " | ") {
		r, err := parseTerms(rule)
		if err != nil {
			return e, fmt.Errorf("%s: %w", field, err)
		}
		e.AnyOf = append(e.AnyOf, r)
	}
	return e, nil
}

func parseTerms(text string) (r Rule, err error) {
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
		case pendingTerm:
			r.Pending = strings.Split(value, "/")
		default:
			if term == "" || strings.ContainsAny(term, ": ") {
				return r, fmt.Errorf("%q is not understood", term)
			}
			r.Permissions = append(r.Permissions, term)
		}
	}
	return r, nil
}
