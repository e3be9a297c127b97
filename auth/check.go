package auth

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Check looks for rules that can never hold, where the schema alone does not show it. It returns one error for each.
type Check func(p *Policy, schema *ast.Schema) []error

// WithChecks has NewGuard make these checks too.
func WithChecks(checks ...Check) GuardOption {
	return func(g *Guard) { g.checks = append(g.checks, checks...) }
}

// Check makes the checks. The error names every fault.
func (p *Policy) Check(schema *ast.Schema, checks ...Check) error {
	var faults []error
	for _, check := range checks {
		faults = append(faults, check(p, schema)...)
	}
	if len(faults) > 0 {
		return sorted(faults)
	}
	return nil
}

// KnownRoles refuses rules that name other roles than these: no caller could have them.
func KnownRoles(names ...string) Check {
	return func(p *Policy, _ *ast.Schema) (faults []error) {
		p.each(func(at string, r Rule) {
			for _, role := range r.Roles {
				if !slices.Contains(names, role) {
					faults = append(faults, fmt.Errorf("%s: @auth(roles:): there is no role %q", at, role))
				}
			}
		})
		return faults
	}
}

// KnownPermissions refuses permissions of a table for WithPermissions that the schema does not know: those that are not in
// the enum of @auth(permissions:) or, where the argument has another type, in no rule.
func KnownPermissions(byRole map[string][]string) Check {
	return func(p *Policy, schema *ast.Schema) (faults []error) {
		known, where := map[string]bool{}, "in the rules of the schema"
		if enum := enumOf(schema, &ast.Directive{Name: "auth"}, "permissions"); enum != nil {
			where = "in the enum " + enum.Name
			for _, value := range enum.EnumValues {
				known[value.Name] = true
			}
		} else {
			p.each(func(_ string, r Rule) {
				for _, permission := range r.Permissions {
					known[permission] = true
				}
			})
		}
		for role, permissions := range byRole {
			for _, permission := range permissions {
				if !known[permission] {
					faults = append(faults, fmt.Errorf("WithPermissions: role %q: permission %q is not %s", role, permission, where))
				}
			}
		}
		return faults
	}
}

// each visits every rule at the place where it was written: an object, or a field with rules of its own.
func (p *Policy) each(visit func(at string, r Rule)) {
	for name, rules := range p.objects {
		for _, r := range rules {
			visit(name, r)
		}
	}
	for at, a := range p.fields {
		if !a.own {
			continue
		}
		for _, r := range a.rules {
			visit(at.String(), r)
		}
	}
}
