package auth

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Entry is the policy of one field.
type Entry struct {
	Field  string // its schema coordinate, such as "Query.me"
	Public bool   // nothing is asked but to have reached the object that the field is on
	Root   bool   // which is everybody's: the field is on a root type
	AnyOf  []Rule // otherwise one of these must hold
}

// Entries returns what the policy says of every field: those of the root types first, then by name.
func (p *Policy) Entries() []Entry {
	var entries []Entry
	for at, a := range p.fields {
		if strings.HasPrefix(at.object, "__") || strings.HasPrefix(at.field, "__") {
			continue // introspection
		}
		entries = append(entries, Entry{
			Field: at.String(), Public: len(a.rules) == 0, Root: p.roots.rank(at.object) >= 0, AnyOf: a.rules,
		})
	}
	root := func(e Entry) int {
		object, _, _ := strings.Cut(e.Field, ".")
		return p.roots.rank(object)
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(root(b)-root(a), strings.Compare(a.Field, b.Field))
	})
	return entries
}

// String returns the entry as the lock has it: "public" on a root type and "open" elsewhere, or its rules with bars
// between them.
func (e Entry) String() string {
	switch {
	case e.Public && e.Root:
		return public
	case e.Public:
		return openToAll
	}
	rules := make([]string, len(e.AnyOf))
	for i := range e.AnyOf {
		rules[i] = e.AnyOf[i].String()
	}
	return strings.Join(rules, " | ")
}

const (
	public         = "public"
	openToAll      = "open"
	signedIn       = "signed in"
	ownerTerm      = "owner"
	permissionTerm = "permission:"
	roleTerm       = "role:"
	proofTerm      = "assurance:"
	maxAgeTerm     = "maxAge:"
	pendingTerm    = "pending:"
)

// plainPermission is the form of a permission that needs no keyword before it, because it can't be read as another term.
var plainPermission = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

func termOf(permission string) string {
	if plainPermission.MatchString(permission) {
		return permission
	}
	return permissionTerm + url.PathEscape(permission)
}

// String returns what the rule asks for, with a plus between what must hold together: "owner", "USERS_READ",
// "ROLES_WRITE + maxAge:15m", "role:admin/staff". A rule that asks for nothing more is "signed in".
func (r Rule) String() string {
	var terms []string
	if r.Owner {
		terms = append(terms, ownerTerm)
	}
	for _, permission := range r.Permissions {
		terms = append(terms, termOf(permission))
	}
	if len(r.Roles) > 0 {
		names := make([]string, len(r.Roles))
		for i, role := range r.Roles {
			names[i] = url.PathEscape(role) // a bar or a slash in it is not one between names
		}
		terms = append(terms, roleTerm+strings.Join(names, "/"))
	}
	if r.Assurance != "" {
		terms = append(terms, proofTerm+string(r.Assurance))
	}
	if r.MaxAge > 0 {
		terms = append(terms, maxAgeTerm+short(r.MaxAge.String()))
	}
	if len(r.Pending) > 0 {
		terms = append(terms, pendingTerm+strings.Join(r.Pending, "/"))
	}
	if len(terms) == 0 {
		return signedIn
	}
	return strings.Join(terms, " + ")
}

// short leaves out the parts of a duration that are zero: "15m" rather than "15m0s".
func short(d string) string {
	if strings.HasSuffix(d, "m0s") {
		d = strings.TrimSuffix(d, "0s")
	}
	if strings.HasSuffix(d, "h0m") {
		d = strings.TrimSuffix(d, "0m")
	}
	return d
}

// words says the rule to a person who reads the schema.
func (r Rule) words() string {
	var parts []string
	if r.Owner {
		parts = append(parts, "to own the object")
	}
	if len(r.Permissions) > 0 {
		parts = append(parts, strings.Join(r.Permissions, " and "))
	}
	if len(r.Roles) > 0 {
		parts = append(parts, "the role "+strings.Join(r.Roles, " or "))
	}
	switch r.Assurance {
	case SingleFactor:
		parts = append(parts, "one factor")
	case MultiFactor:
		parts = append(parts, "two factors")
	}
	if r.MaxAge > 0 {
		parts = append(parts, "a sign-in no longer ago than "+short(r.MaxAge.String()))
	}
	needs := "to be signed in"
	if len(parts) > 0 {
		needs = strings.Join(parts, ", with ")
	}
	if len(r.Pending) > 0 {
		needs += ", also while " + strings.Join(r.Pending, " or ") + " is pending"
	}
	return needs
}

// Needs says to a person who reads the schema what a field needs; "" if it needs nothing.
func (e Entry) Needs() string {
	if e.Public {
		return ""
	}
	ways := make([]string, len(e.AnyOf))
	for i := range e.AnyOf {
		ways[i] = e.AnyOf[i].words()
	}
	return "Needs " + strings.Join(ways, "; or ") + "."
}
