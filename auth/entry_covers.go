package auth

import (
	"slices"
	"strings"
)

// Covers reports whether every caller whom narrow admits to its field is admitted by wide too. Rules are conjunctions of
// conditions of which none rests on another's absence. So wide covers narrow if each rule of narrow asks for all that some
// rule of wide asks for.
func (p *Policy) Covers(wide, narrow Entry) bool {
	if wide.Public {
		return true
	}
	if narrow.Public {
		return false
	}
	var at place
	object, name, _ := strings.Cut(narrow.Field, ".")
	if a := p.fields[coordinate{object, name}]; a != nil {
		at = a.at
	}
	for _, rule := range narrow.AnyOf {
		if !slices.ContainsFunc(wide.AnyOf, func(other Rule) bool { return rule.implies(other, at) }) {
			return false
		}
	}
	return true
}

// implies reports whether every caller who fulfils r at a place fulfils other too.
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
	// A session with a pending step fulfils a rule only by that step.
	if slices.ContainsFunc(r.Pending, func(step string) bool { return !slices.Contains(other.Pending, step) }) {
		return false
	}
	// Without an assurance a rule asks for what the account can do: more than one factor, and no more than two.
	rank := func(a Assurance) int { return slices.Index([]Assurance{SingleFactor, "", MultiFactor}, a) }
	return (r.Owner || !other.Owner) && rank(r.Assurance) >= rank(other.Assurance) &&
		(other.MaxAge == 0 || r.MaxAge > 0 && r.MaxAge <= other.MaxAge)
}
