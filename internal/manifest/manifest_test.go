package manifest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authgraph/internal/manifest"
)

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const apollo = `{"format":"apollo-persisted-query-manifest","version":1,"operations":[
	{"id":"b2","name":"Me","type":"query","body":"query Me { me { id } }"},
	{"id":"a1","name":"Out","type":"mutation","body":"mutation Out { logout { endedSessionIds } }"}]}`

func TestReadFiles(t *testing.T) {
	relay := file(t, "persisted_queries.json", `{"d41d":"query Me { me { id } }","0cc1":"query Both { me { email } }"}`)
	documents, err := manifest.ReadFiles([]string{relay, file(t, "manifest.json", apollo)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range documents {
		got = append(got, filepath.Base(d.File)+" "+d.ID+" "+d.Source)
	}
	want := `persisted_queries.json 0cc1 query Both { me { email } }
persisted_queries.json d41d query Me { me { id } }
manifest.json a1 mutation Out { logout { endedSessionIds } }
manifest.json b2 query Me { me { id } }`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// The error lists all faults of all files.
func TestReadFiles_Faults(t *testing.T) {
	rows := []struct{ name, text, want string }{
		{"none", `{}`, "it holds no operation"},
		{"no JSON", `{"a":`, "it is not JSON"},
		{"an id twice", `{"a":"{ me { id } }","a":"{ me { email } }"}`, "has a name twice"},
		{"a list", `[]`, "it is not a manifest"},
		{"a number", `{"a":1}`, "a: it is not UTF-8 text"},
		{"no document", `{"a":""}`, "a: there is no document"},
		{"no id", `{"":"{ me { id } }"}`, "an operation has no id"},
		{"another format", `{"format":"x","version":1,"operations":[]}`, `its format is "x"`},
		{"another version", strings.Replace(apollo, `"version":1`, `"version":2`, 1), "version 2"},
		{"Apollo's with none", `{"format":"apollo-persisted-query-manifest","version":1,"operations":[]}`, "it holds no operation"},
		{"Apollo's, of another shape", `{"format":"apollo-persisted-query-manifest","version":"1"}`, "it is not in the format apollo-persisted-query-manifest"},
		{"Apollo's with an id twice", strings.Replace(apollo, "b2", "a1", 1), "a1: "},
	}
	var paths []string
	for _, row := range rows {
		paths = append(paths, file(t, strings.ReplaceAll(row.name, " ", "-")+".json", row.text))
	}
	paths = append(paths, filepath.Join(t.TempDir(), "missing.json"),
		file(t, "one.json", `{"x":"{ me { id } }"}`), file(t, "other.json", `{"x":"{ me { email } }"}`))
	documents, err := manifest.ReadFiles(paths)
	if err == nil {
		t.Fatalf("got %v", documents)
	}
	for i, row := range rows {
		if lines := linesAbout(err, paths[i]); !strings.Contains(lines, row.want) {
			t.Errorf("%s: got %q, want %q", row.name, lines, row.want)
		}
	}
	if lines := linesAbout(err, paths[len(paths)-3]); !strings.Contains(lines, "no such file") {
		t.Errorf("a file that there is not: %q", lines)
	}
	if lines := linesAbout(err, paths[len(paths)-1]+": x"); !strings.Contains(lines, "has the same id") {
		t.Errorf("one id for two documents: %q", lines)
	}
}

// linesAbout returns the lines of an error that name a file.
func linesAbout(err error, path string) string {
	var lines []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if strings.Contains(line, path) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// The same operation may stand in the manifests of two programs.
func TestReadFiles_Shared(t *testing.T) {
	text := `{"x":"{ me { id } }"}`
	documents, err := manifest.ReadFiles([]string{file(t, "one.json", text), file(t, "other.json", text)})
	if err != nil || len(documents) != 1 {
		t.Errorf("got %v, %v", documents, err)
	}
}
