package docs

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// proseCeiling is the maximum number of banned openings and words in the tracked prose. It only falls: a change that lowers the
// count lowers the ceiling too.
const proseCeiling = 5

// proseSlack is the maximum distance from the count to the ceiling, so that the ceiling follows the count.
const proseSlack = 5

// TestProse_Ceiling counts banned openings and words in Go comments, Markdown, schema descriptions and console texts.
// `go test ./test/docs -run TestProse_Ceiling -v` prints the count of each room. PROSE=folder prints the places below a folder.
func TestProse_Ceiling(t *testing.T) {
	t.Chdir(harness.Root(t))
	tracked, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z").Output()
	if err != nil {
		t.Fatal(err)
	}
	only, chosen := os.LookupEnv("PROSE")
	count, files, rooms, places := 0, 0, map[string]int{}, []string(nil)
	for name := range strings.SplitSeq(strings.TrimRight(string(tracked), "\x00"), "\x00") {
		read := proseReader(name)
		if read == nil {
			continue
		}
		text, err := os.ReadFile(name)
		if os.IsNotExist(err) { // deleted, but not yet in the index
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		files++
		for _, p := range read(string(text)) {
			for _, banned := range bannedIn(p) {
				count++
				rooms[path.Dir(name)]++
				if !chosen || strings.HasPrefix(name, only) {
					places = append(places, fmt.Sprintf("%s:%d: %s", name, banned.line, banned.text))
				}
			}
		}
	}
	if files < 300 {
		t.Errorf("read %d files, want at least 300", files)
	}
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		t.Logf("%4d %s", rooms[room], room)
	}
	t.Logf("%4d in %d files", count, files)
	if count > proseCeiling || chosen {
		t.Logf("\n%s", strings.Join(places, "\n"))
	}
	if count > proseCeiling {
		t.Errorf("got %d banned openings and words, want at most %d", count, proseCeiling)
	}
	if count < proseCeiling-proseSlack {
		t.Errorf("got %d banned openings and words: lower proseCeiling from %d to it", count, proseCeiling)
	}
}

// sentenceLength is the maximum number of words of a sentence. sentenceCeiling is the maximum number of longer sentences in the
// pages of docs and the descriptions of the schema. It only falls.
const (
	sentenceLength  = 24
	sentenceCeiling = 15
)

// TestProse_Sentences counts long sentences. Table cells and code are no sentences, and decisions are history.
func TestProse_Sentences(t *testing.T) {
	t.Chdir(harness.Root(t))
	names, err := filepath.Glob("docs/*.md")
	if err != nil || len(names) < 6 {
		t.Fatalf("got the pages %q and the error %v, want at least 6", names, err)
	}
	var long []string
	for _, name := range append(names, "schema.graphqls") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range proseReader(name)(string(text)) {
			for _, s := range longSentences(p, sentenceLength) {
				long = append(long, fmt.Sprintf("%s:%d: %s", name, s.line, s.text))
			}
		}
	}
	t.Logf("%d long sentences:\n%s", len(long), strings.Join(long, "\n"))
	if len(long) > sentenceCeiling {
		t.Errorf("got %d sentences of more than %d words, want at most %d: split the new one", len(long), sentenceLength, sentenceCeiling)
	}
	if len(long) < sentenceCeiling-proseSlack {
		t.Errorf("got %d long sentences: lower sentenceCeiling from %d to it", len(long), sentenceCeiling)
	}
}

func TestProse_Long(t *testing.T) {
	for text, want := range map[string]int{
		"One two three four five.":                        0,
		"One two three four five six.":                    1,
		"One two three. Four five six.":                   0,
		"One two three, e.g. four five six.":              1,
		"One two three (four five six seven).":            1,
		"One two ` ` three ` ` four | five.":              0,
		"One two three four\nfive six. A b c d e f g! H?": 2,
	} {
		if got := longSentences(prose{text: text, unit: true}, 5); len(got) != want {
			t.Errorf("%q: got %v, want %d", text, got, want)
		}
	}
	if got := longSentences(prose{text: "One two three four five six.", unit: false}, 5); len(got) != 0 {
		t.Errorf("a table cell: got %v, want none", got)
	}
}

func TestProse_Banned(t *testing.T) {
	for text, want := range map[string]int{
		"The caller is anonymous.":                          0,
		"Nobody is signed in.":                              1,
		"It ends. What follows is an error.":                1,
		"what a caller sends":                               1,
		"It says what follows.":                             0,
		"It works (see RFC 6749). That is all.":             1,
		"Version 1.2 Of this.":                              0,
		"Ends at e.g. One, i.e. the first.":                 0,
		"The stranger goes on, beside somebody, in vain.":   5,
		"Besides, the strangeness goes onward.":             0,
		"\"One\" is a number.":                              1,
		"Onerous work.":                                     0,
		"A session that runs\nout begins\nanew.":            2,
		"It is done anew by nobody. Those stay. Who knows?": 4,
	} {
		if got := bannedIn(prose{text: text, unit: true}); len(got) != want {
			t.Errorf("%q: got %v, want %d", text, got, want)
		}
	}
}

func TestProse_Read(t *testing.T) {
	texts := func(all []prose) (out []string) {
		for _, p := range all {
			out = append(out, fmt.Sprintf("%d %s", p.line, oneLine(p.text)))
		}
		return out
	}
	for _, c := range []struct {
		name string
		got  []prose
		want []string
	}{
		{"go", goProse("// Package a is\n// short.\n//\n//\tWho = code\npackage a\n\n//go:generate Who\n\n// Who `Of` it\nvar x = \"Those\" // one\n"),
			[]string{"1 Package a is short.", "9 Who ` ` it", "10 one"}},
		{"markdown", markdownProse("# One\n\nText `Who`\nmore.\n\n```\nWho\n```\n\n    Who\n\n- Those\n  that\n- b\n\n| a | b |\n|---|---|\n| Who | c |\n<!-- Who -->\n"),
			[]string{"1 One", "3 Text ` ` more.", "12 Those that", "14 b", "16 a", "16 b", "18 Who", "18 c"}},
		{"schema", schemaProse("\"\"\"\nWho `x`\n\"\"\"\ntype A {\n  \"Of a\"\n  a: Int # One\n  b(c: String = \"Those\"): Int\n}\n"),
			[]string{"1 Who ` `", "5 Of a", "6 One"}},
		{"console", consoleProse("export const en = {\n  // Who\n  a: \"One\",\n  b: `Those ${n} x`,\n}\n"),
			[]string{"3 One", "4 Those ` ` x"}},
	} {
		if got := texts(c.got); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
