// Package policydoc lists and prints the policy of package auth. A lock lists the rule of each field, so that a change of
// the rules shows in review. A table shows which kinds of callers may use each field.
package policydoc
