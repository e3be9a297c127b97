package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// testWords is the maximum number of words in a test's name without a case, unless a declaration has that name.
const testWords = 3

var camelWord = regexp.MustCompile(`[A-Z]+[a-z0-9]*`)

// TestNames_Case proves that tests are named Test<Thing>_<Case>. A test of one whole thing may be named Test<Thing>.
func TestNames_Case(t *testing.T) {
	type folder struct {
		tests, things map[string]bool // without Test; things are what the folder declares and what its tests name
	}
	folders := map[string]folder{}
	walk(t, func(path string, d fs.DirEntry) {
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Dir(path)
		if folders[at].tests == nil {
			folders[at] = folder{map[string]bool{}, map[string]bool{}}
		}
		for _, name := range declared(file) {
			test, found := strings.CutPrefix(name, "Test")
			if !found || !strings.HasSuffix(path, "_test.go") || test == "" || test == "Main" {
				folders[at].things[strings.ToUpper(name[:1])+name[1:]] = true
				continue
			}
			folders[at].tests[test] = true
		}
	})
	tests := 0
	for at, f := range folders {
		for name := range f.tests {
			tests++
			if thing, ok := thingOf(name, f.things, f.tests); !ok {
				t.Errorf("%s: Test%s has no case after its thing %q, want Test<Thing>_<Case>", at, name, thing)
			}
		}
	}
	if tests < 500 {
		t.Errorf("read %d tests, want at least 500", tests)
	}
}

func TestNames_Thing(t *testing.T) {
	things := map[string]bool{"Load": true, "NewPolicy": true, "LoadOptions": true}
	for name, want := range map[string]bool{
		"Load_Unknown": true, "Load": true, "Policy": true, "NewPolicy": true, "LoadOptions": true, "StrictTransportSecurity": true,
		"LoadUnknown": false, "NewPolicyEmpty": false, "RefreshLate": false, "ClientsThatGoAwayEarly": false,
	} {
		if _, got := thingOf(name, things, map[string]bool{"Refresh_Early": true}); got != want {
			t.Errorf("Test%s: got %v, want %v", name, got, want)
		}
	}
}

// declared returns the names of the functions, methods and types of a file.
func declared(file *ast.File) (names []string) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if spec, ok := s.(*ast.TypeSpec); ok {
					names = append(names, spec.Name.Name)
				}
			}
		}
	}
	return names
}

// thingOf reports whether the name of a test, without Test, has the form Thing_Case or names one whole thing. Otherwise it
// returns the thing that the name begins with.
func thingOf(name string, things, tests map[string]bool) (thing string, ok bool) {
	if strings.Contains(name, "_") || things[name] {
		return name, true
	}
	words := camelWord.FindAllString(name, -1)
	for n := len(words) - 1; n > 0; n-- {
		thing = strings.Join(words[:n], "")
		if things[thing] || tests[thing] || hasCase(tests, thing) {
			return thing, false
		}
	}
	return name, len(words) <= testWords
}

// hasCase reports whether a test names a case of a thing.
func hasCase(tests map[string]bool, thing string) bool {
	for name := range tests {
		if strings.HasPrefix(name, thing+"_") {
			return true
		}
	}
	return false
}
