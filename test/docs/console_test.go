package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"authgraph/account"
	"authgraph/test/harness"
)

// The console has a text for each name of the schema. The compiler checks that both languages have it, by the types that
// this test reads.
func TestConsoleHasWordsForEveryName(t *testing.T) {
	text, err := os.ReadFile(harness.Path(t, "web/console/src/words/schema.ts"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ErrorCode", "ErrorReason", "Permission", "PendingStep"} {
		_, union, found := strings.Cut(string(text), "export type "+name+" =")
		union, _, ended := strings.Cut(union, ";")
		if !found || !ended {
			t.Errorf("schema.ts has no type %s", name)
			continue
		}
		names := map[string]bool{}
		for _, quoted := range regexp.MustCompile(`"(\w+)"`).FindAllStringSubmatch(union, -1) {
			names[quoted[1]] = true
		}
		for _, value := range harness.Schema(t).Types[name].EnumValues {
			if !names[value.Name] {
				t.Errorf("%s has no %s", name, value.Name)
			}
			delete(names, value.Name)
		}
		for gone := range names {
			t.Errorf("%s has %s, which the schema has not", name, gone)
		}
	}
}

func TestConsoleAsksWhatTheSchemaHas(t *testing.T) {
	files, err := filepath.Glob(harness.Path(t, "web/console/src/operation/*.ts"))
	if err != nil {
		t.Fatal(err)
	}
	documents := regexp.MustCompile("(?s)= gql`(.*?)`")
	spread := regexp.MustCompile(`\$\{\w+\}`)
	operation := regexp.MustCompile(`(?m)^ *(query|mutation|subscription) `)
	var fragments, operations []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range documents.FindAllStringSubmatch(string(text), -1) {
			document := spread.ReplaceAllString(found[1], "")
			if operation.MatchString(document) {
				operations = append(operations, document)
			} else {
				fragments = append(fragments, document)
			}
		}
	}
	if len(operations) < 8 {
		t.Fatalf("found %d operations, want more", len(operations))
	}
	document := strings.Join(append(operations, fragments...), "\n")
	if _, err := gqlparser.LoadQueryWithRules(harness.Schema(t), document, rules.NewDefaultRules()); err != nil {
		t.Error(err)
	}
}

// TestConsole_KnowsEveryAction proves that the console has words for the actions of the audit log and no others, and that
// its filter offers each of them once.
func TestConsole_KnowsEveryAction(t *testing.T) {
	name := regexp.MustCompile(`"([a-z_]+(?:\.[a-z_]+)+)"`)
	for _, list := range []struct{ file, from, to string }{
		{"web/console/src/words/schema.ts", "export type Action =", ";"},
		{"web/console/src/part/actions.ts", "export const actionGroups = {", "}"},
	} {
		text, err := os.ReadFile(harness.Path(t, list.file))
		if err != nil {
			t.Fatal(err)
		}
		_, names, found := strings.Cut(string(text), list.from)
		names, _, ended := strings.Cut(names, list.to)
		if !found || !ended {
			t.Fatalf("%s has no %q", list.file, list.from)
		}
		var got []string
		for _, action := range name.FindAllStringSubmatch(names, -1) {
			got = append(got, action[1])
		}
		slices.Sort(got)
		if want := account.Actions(); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", list.file, got, want)
		}
	}
}
