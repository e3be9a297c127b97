package docs

import (
	"os"
	"slices"
	"strings"
	"testing"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/test/harness"
)

// The code, the schema and docs/errors.md list the same codes and reasons.
func TestErrorCodes(t *testing.T) {
	docs, err := os.ReadFile(harness.Path(t, "docs/errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"ErrorCode": names(auth.Codes()), "ErrorReason": names(auth.Reasons()), "Permission": names(account.Permissions()),
	} {
		var got []string
		for _, value := range harness.Schema(t).Types[name].EnumValues {
			got = append(got, value.Name)
			if name != "Permission" && !strings.Contains(string(docs), "| "+value.Name+" | "+value.Description+" |") {
				t.Errorf("docs/errors.md lacks %s as the schema describes it", value.Name)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, the code %v", name, got, want)
		}
	}
}

func names[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

// Every type, field, argument and enum value is described for the people who read it in their editor.
func TestDescriptions(t *testing.T) {
	for name, definition := range harness.Schema(t).Types {
		if definition.BuiltIn {
			continue
		}
		if definition.Description == "" {
			t.Errorf("%s has no description", name)
		}
		for _, value := range definition.EnumValues {
			if value.Description == "" {
				t.Errorf("%s.%s has no description", name, value.Name)
			}
		}
		for _, field := range definition.Fields {
			if field.Description == "" && !strings.HasPrefix(field.Name, "__") {
				t.Errorf("%s.%s has no description", name, field.Name)
			}
			for _, argument := range field.Arguments {
				if argument.Description == "" && !strings.HasPrefix(field.Name, "__") {
					t.Errorf("%s.%s(%s:) has no description", name, field.Name, argument.Name)
				}
			}
		}
	}
}
