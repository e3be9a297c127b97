package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// WithExplanations adds to each refusal of the guard the reason, in Error.Explanation and `extensions.explanation`. It is
// for development, because the lines name the permissions and roles of the rules.
func WithExplanations() GuardOption {
	return func(g *Guard) { g.explains = true }
}

// WithExplanationsByRole is WithExplanations, except for the fields that Policy.VisibleSchema hides from the caller.
func WithExplanationsByRole() GuardOption {
	return func(g *Guard) { g.explains, g.byRole = true, true }
}

// explain returns the refusal of a field with its explanation, where the guard gives one.
func (g *Guard) explain(ctx context.Context, field coordinate, refused *Error) *Error {
	if !g.explains {
		return refused
	}
	switch refused.Code {
	case Unauthenticated, Forbidden, SecondFactorRequired, ReauthenticationRequired, StepPending:
	default:
		return refused // the caller could not be determined
	}
	caller, err := From(ctx)
	if err != nil {
		caller = nil
	}
	if g.byRole && !g.policy.couldUse(field, caller) {
		return refused
	}
	lines, err := g.policy.Explain(field.String(), caller, g.now())
	if err != nil {
		return refused // unknown fields are not explained
	}
	explained := *refused
	explained.Explanation = lines
	return &explained
}

// Explain returns a line for each rule of a field: whether the rule holds for the caller, nil for an anonymous client, and
// what is missing. A rule that depends on the owner of an object is explained for the caller's own objects. The error says
// that the field does not exist.
func (p *Policy) Explain(field string, caller *Principal, now time.Time) ([]string, error) {
	object, name, _ := strings.Cut(field, ".")
	a := p.fields[coordinate{object, name}]
	if a == nil {
		return nil, fmt.Errorf("there is no field %q", field)
	}
	if len(a.rules) == 0 {
		return []string{"public: holds for every caller"}, nil
	}
	var lines []string
	for i := range a.rules {
		r := &a.rules[i]
		lines = append(lines, r.String()+": "+a.explain(r, caller, now))
	}
	return lines, nil
}

func (a *access) explain(r *Rule, caller *Principal, at time.Time) string {
	now := func() time.Time { return at }
	if caller == nil {
		return "does not hold: the caller is not signed in"
	}
	if r.Owner {
		own := r.refusal(caller, ownedBy(caller.Subject), a.at, now)
		if own == nil {
			return "holds on the caller's own objects only"
		}
		return "does not hold, not even on the caller's own objects: " + r.missing(caller, a.at, own)
	}
	refused := r.refusal(caller, nil, a.at, now)
	if refused == nil {
		return "holds"
	}
	return "does not hold: " + r.missing(caller, a.at, refused)
}

// missing returns what the caller lacks to fulfil the rule.
func (r *Rule) missing(caller *Principal, at place, refused *Error) string {
	var missing []string
	for _, permission := range r.Permissions {
		if !slices.Contains(caller.Permissions, permission) {
			missing = append(missing, permission)
		}
	}
	switch {
	case len(missing) > 0:
		return "the caller lacks " + strings.Join(missing, " and ")
	case len(r.Roles) > 0 && !caller.HasAnyRole(r.Roles):
		return "the caller lacks the role " + strings.Join(r.Roles, " or ")
	case caller.APIKey && !at.self() && !r.admitsKeys():
		return "API keys do not fulfil it"
	case caller.Actor != "" && !r.admitsActors(at):
		return "impersonators do not fulfil it"
	}
	return string(refused.Code)
}

// ownedBy is an object whose owner has this id.
type ownedBy string

// OwnerID implements Owned.
func (o ownedBy) OwnerID() string { return string(o) }
