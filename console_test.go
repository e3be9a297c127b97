package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

func TestConsoleIsServedUnlessItIsOff(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		status  int
	}{
		{"by default", nil, 200},
		{"without the playground", []string{"AUTHGRAPH_PLAYGROUND=false"}, 200},
		{"off", []string{"AUTHGRAPH_CONSOLE=false"}, 404},
		{"off, without the playground", []string{"AUTHGRAPH_CONSOLE=false", "AUTHGRAPH_PLAYGROUND=false"}, 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := onSQLite(t, tt.environ...)
			for _, path := range []string{"/console/", "/console/icon.svg"} {
				got := w.do(t, "GET", path, "", http.Header{})
				if got.status != tt.status {
					t.Errorf("%s: got %d, want %d", path, got.status, tt.status)
				}
				if policy := got.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
					t.Errorf("%s: got the policy %q", path, policy)
				}
			}
		})
	}
}

// The console has words for what the schema has names for. That both languages have them is the compiler's to say, from
// the types that this reads.
func TestConsoleHasWordsForEveryName(t *testing.T) {
	text, err := os.ReadFile("web/console/src/words/schema.ts")
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
		for _, value := range parsedSchema(t).Types[name].EnumValues {
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
	files, err := filepath.Glob("web/console/src/operation/*.ts")
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
	if _, err := gqlparser.LoadQueryWithRules(parsedSchema(t), document, rules.NewDefaultRules()); err != nil {
		t.Error(err)
	}
}

// The audit filter of the console offers every action that the server writes down.
func TestConsole_KnowsEveryAction(t *testing.T) {
	name := regexp.MustCompile(`"((?:session|user|role|access|impersonation|key|audit)\.[a-z_]+)"`)
	written := map[string]bool{}
	for _, pattern := range []string{"db/*.go", "account/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range name.FindAllStringSubmatch(string(text), -1) {
				written[found[1]] = true
			}
		}
	}
	if len(written) < 15 {
		t.Fatalf("found %d actions, want at least 15: %v", len(written), written)
	}
	text, err := os.ReadFile("web/console/src/words/schema.ts")
	if err != nil {
		t.Fatal(err)
	}
	_, union, found := strings.Cut(string(text), "export type Action =")
	union, _, ended := strings.Cut(union, ";")
	if !found || !ended {
		t.Fatal("schema.ts has no type Action")
	}
	for _, found := range name.FindAllStringSubmatch(union, -1) {
		if !written[found[1]] {
			t.Errorf("the console offers %s, which the server does not write", found[1])
		}
		delete(written, found[1])
	}
	for action := range written {
		t.Errorf("the console does not offer %s", action)
	}
}
