package graph

import (
	"context"
	"fmt"
	"strings"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
)

// maxFields is the maximum number of fields in one `can`.
const maxFields = 100

// Can implements generated.QueryResolver.
func (r *queryResolver) Can(ctx context.Context, fields []string, on *string) ([]*model.FieldAccess, error) {
	if len(fields) > maxFields {
		return nil, &auth.Error{
			Code: auth.BadUserInput, Reason: auth.ValueTooLong, Field: "fields", Message: "At most 100 fields at once",
		}
	}
	var object model.Node
	if _, err := auth.From(ctx); on != nil && err == nil { // an anonymous client owns nothing
		if object, err = r.Node(ctx, *on); err != nil {
			return nil, err
		}
	}
	for i, field := range fields {
		if len(field) > r.longestField {
			return nil, &auth.Error{
				Code: auth.BadUserInput, Reason: auth.ValueTooLong, Field: fmt.Sprintf("fields[%d]", i),
				Message: fmt.Sprintf("No field of the schema has a coordinate of more than %d characters", r.longestField),
			}
		}
	}
	answers := make([]*model.FieldAccess, len(fields))
	for i, field := range fields {
		answers[i] = &model.FieldAccess{Field: field, Allowed: true}
		refused := auth.Can(ctx, field, subject(object, field))
		if hidden(ctx, field) {
			refused = auth.ErrFieldNotFound // as for one that there is not
		}
		if refused != nil {
			answers[i].Allowed, answers[i].Code = false, &refused.Code
		}
	}
	return answers, nil
}

// subject returns the object if the field is on its type.
func subject(object model.Node, field string) any {
	typeName, _, _ := strings.Cut(field, ".")
	for _, kind := range nodeKinds {
		if object != nil && kind.name == typeName && kind.is(object.GetID()) {
			return object
		}
	}
	return nil
}

// longestField returns the length of the longest coordinate that the policy has, in bytes.
func longestField(p *auth.Policy) (longest int) {
	for _, e := range p.Entries() {
		longest = max(longest, len(e.Field))
	}
	return longest
}

func policyRules(p *auth.Policy) []*model.PolicyRule {
	var rules []*model.PolicyRule
	for _, e := range p.Entries() {
		rule := &model.PolicyRule{Field: e.Field, Public: e.Public, AnyOf: []*model.PolicyCondition{}}
		for _, r := range e.AnyOf {
			rule.AnyOf = append(rule.AnyOf, condition(r))
		}
		rules = append(rules, rule)
	}
	return rules
}

func condition(r auth.Rule) *model.PolicyCondition {
	c := &model.PolicyCondition{
		Permissions: []account.Permission{}, Roles: append([]string{}, r.Roles...), Pending: []account.PendingStep{},
	}
	for _, permission := range r.Permissions {
		c.Permissions = append(c.Permissions, account.Permission(permission))
	}
	for _, step := range r.Pending {
		c.Pending = append(c.Pending, account.PendingStep(step))
	}
	if r.Owner {
		c.Owner = &r.Owner
	}
	if r.Assurance != "" {
		c.Assurance = &r.Assurance
	}
	if r.MaxAge > 0 {
		c.MaxAge = &r.MaxAge
	}
	return c
}

// Policy implements generated.QueryResolver.
func (r *queryResolver) Policy(context.Context) ([]*model.PolicyRule, error) {
	return policyRules(r.policy), nil
}
