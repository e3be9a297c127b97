package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"authgraph/config"
)

// A backup alone must open no key, so every text that says where to keep the secret gives the same advice.
func TestAdvice_SecretApartFromBackups(t *testing.T) {
	const advice = "apart from the backups of the database"
	texts := map[string]string{"the settings": config.Table()}
	for _, name := range []string{"README.md", "docs/security.md", "internal/cli/cli.go", "config/combine.go"} {
		texts[name] = readText(t, name)
	}
	for name, text := range texts {
		if !strings.Contains(text, advice) {
			t.Errorf("%s does not say to keep the secret %s", name, advice)
		}
	}
}

func TestAdvice_NoSecretWithBackups(t *testing.T) {
	contrary := regexp.MustCompile(`(?i)(with|in|next to|beside|among) (the |your )?backups?\b`)
	check := func(text string) {
		for sentence := range strings.SplitSeq(oneLine(text), ". ") {
			if strings.Contains(strings.ToLower(sentence), "secret") && contrary.MatchString(sentence) {
				t.Errorf("a text keeps the secret with the backups: %q", sentence)
			}
		}
	}
	eachFile(t, ".md", check)
	eachFile(t, ".go", func(text string) {
		if !strings.Contains(text, "func TestAdvice_") { // this file
			check(text)
		}
	})
}

// oneLine returns a text without line ends.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func readText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return oneLine(string(text))
}
