package schemadiff

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"authgraph/auth"
	"authgraph/auth/policydoc"
)

// access compares who may use what is there in both schemas.
func (c *comparison) access() error {
	was, err := auth.NewPolicy(c.was)
	if err != nil {
		return fmt.Errorf("old schema: %w", err)
	}
	is, err := auth.NewPolicy(c.is)
	if err != nil {
		return fmt.Errorf("new schema: %w", err)
	}
	var lock bytes.Buffer
	if err := policydoc.WriteLock(&lock, was); err != nil {
		return err
	}
	changes, err := policydoc.Compare(is, &lock)
	if err != nil {
		return err
	}
	columns := append(policydoc.Columns(permissions(was, is)), policydoc.PendingColumns(was, is)...)
	for _, change := range changes {
		if change.Was == "" || change.Is == "" {
			continue // the field is new, or gone
		}
		text := fmt.Sprintf("was for %s, is for %s", change.Was, change.Is)
		if change.Closed {
			c.breaks(text, "callers who may no longer: "+lost(was, is, change.Field, columns), change.Field)
		} else {
			c.note(Change{At: change.Field, Text: text, uses: []string{change.Field}})
		}
	}
	return nil
}

// permissions are all that the rules name.
func permissions(policies ...*auth.Policy) (names []string) {
	for _, policy := range policies {
		for _, e := range policy.Entries() {
			for _, rule := range e.AnyOf {
				names = append(names, rule.Permissions...)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// lost returns the kinds of callers who have lost the field. Callers with all permissions are named only if they are the only
// kind.
func lost(was, is *auth.Policy, field string, columns []policydoc.Column) string {
	var plain, all []string
	for _, column := range columns {
		switch {
		case policydoc.Access(was, field, column) != "" || policydoc.Access(is, field, column) == "":
		case strings.HasPrefix(column.Name, "all"):
			all = append(all, column.Name)
		default:
			plain = append(plain, column.Name)
		}
	}
	switch {
	case len(plain) > 0:
		return strings.Join(plain, ", ")
	case len(all) > 0:
		return strings.Join(all, "; ")
	}
	return "some of those who hold one of several"
}
