package docs

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	gql "github.com/vektah/gqlparser/v2/ast"
)

// libraryValues are values that package auth gives to importing servers whose accounts have a second factor. Nothing else
// in this repository gives them.
var libraryValues = map[string]bool{"ErrorCode.SECOND_FACTOR_REQUIRED": true, "Assurance.MULTI_FACTOR": true}

// library is the folder of package auth. authtest makes callers for importers' tests.
var library = regexp.MustCompile(`^auth(/authtest)?$`)

// uses is what the Go code of the repository does with the names that the schema stands for. Tests, generated files, bench
// and examples are left out.
type uses struct {
	values    map[string]string              // the Go constants of enum values: `package.Constant` to `Type=VALUE`
	given     map[string][]string            // `Type=VALUE` to the folders that return it, assign it or pass it on
	asked     map[string]bool                // values of which there is a constant that is used, in comparisons and lists too
	literals  map[string]bool                // words of string literals in capital letters, such as those of statements
	assigned  map[string]bool                // names behind a dot to which something is assigned
	built     map[string]map[string]ast.Expr // fields by composite literals of package model
	selected  map[string]bool                // names behind a dot
	resolvers map[string]*ast.FuncDecl       // by `receiver.Method`
}

var capitals = regexp.MustCompile(`'([A-Z][A-Z_]+)'|^([A-Z][A-Z_]+)$`)

func readUses(t *testing.T) *uses {
	t.Helper()
	u := &uses{
		values: map[string]string{}, given: map[string][]string{}, asked: map[string]bool{}, literals: map[string]bool{},
		built: map[string]map[string]ast.Expr{}, selected: map[string]bool{}, assigned: map[string]bool{}, resolvers: map[string]*ast.FuncDecl{},
	}
	files := map[string][]*ast.File{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		folder, err := filepath.Rel(root, path)
		switch name := d.Name(); {
		case err != nil:
			return err
		case name == "generated", name == "testdata", name == "node_modules", name == "examples", name == "bench", folder != "." && strings.HasPrefix(name, "."):
			return filepath.SkipDir
		}
		files[filepath.ToSlash(folder)] = parseFolder(t, token.NewFileSet(), path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, all := range files {
		for _, file := range all {
			u.constants(file)
		}
	}
	for folder, all := range files {
		if folder == "graph/model" {
			continue // generated
		}
		for _, file := range all {
			u.read(folder, file)
		}
	}
	return u
}

// constants reads declarations such as `SignedOut SessionEndReason = "SIGNED_OUT"`.
func (u *uses) constants(file *ast.File) {
	for _, d := range file.Decls {
		declared, ok := d.(*ast.GenDecl)
		if !ok || declared.Tok != token.CONST {
			continue
		}
		for _, s := range declared.Specs {
			spec := s.(*ast.ValueSpec)
			of, named := spec.Type.(*ast.Ident)
			if !named || len(spec.Values) != 1 {
				continue
			}
			if value, ok := spec.Values[0].(*ast.BasicLit); ok && value.Kind == token.STRING {
				u.values[file.Name.Name+"."+spec.Names[0].Name] = of.Name + "=" + strings.Trim(value.Value, "\"`")
			}
		}
	}
}

// read notes what a file does. Declarations of constants, and lists of all values, give nothing.
func (u *uses) read(folder string, file *ast.File) {
	note := func(constant string, giving bool) {
		if value, ok := u.values[constant]; ok {
			_, name, _ := strings.Cut(value, "=")
			u.asked[name] = true
			if giving {
				u.given[value] = append(u.given[value], folder)
			}
		}
	}
	var visit func(n ast.Node, giving bool)
	each := func(giving bool, nodes ...ast.Expr) {
		for _, n := range nodes {
			visit(n, giving)
		}
	}
	visit = func(n ast.Node, giving bool) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				return n.Tok != token.CONST && n.Tok != token.IMPORT
			case *ast.FuncDecl:
				if n.Recv != nil {
					u.resolvers[receiver(n)+"."+n.Name.Name] = n
				}
			case *ast.CaseClause:
				each(false, n.List...)
				for _, s := range n.Body {
					visit(s, true)
				}
				return false
			case *ast.BinaryExpr:
				each(giving && n.Op != token.EQL && n.Op != token.NEQ, n.X, n.Y)
				return false
			case *ast.CompositeLit:
				if name, ok := modelType(n.Type); ok {
					u.build(name, n)
				}
				each(giving && !u.listsAll(file.Name.Name, n), n.Elts...)
				return false
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					if s, ok := left.(*ast.SelectorExpr); ok {
						u.assigned[s.Sel.Name] = true
					}
				}
			case *ast.SelectorExpr:
				u.selected[n.Sel.Name] = true
				if from, ok := n.X.(*ast.Ident); ok {
					note(from.Name+"."+n.Sel.Name, giving)
				}
				visit(n.X, giving)
				return false
			case *ast.BasicLit:
				text, _ := strconv.Unquote(n.Value)
				for _, m := range capitals.FindAllStringSubmatch(text, -1) {
					u.literals[m[1]+m[2]] = true
				}
			case *ast.Ident:
				note(file.Name.Name+"."+n.Name, giving)
			}
			return true
		})
	}
	visit(file, true)
}

// listsAll reports whether a literal is the list of all constants of a type.
func (u *uses) listsAll(pkg string, literal *ast.CompositeLit) bool {
	array, ok := literal.Type.(*ast.ArrayType)
	if !ok {
		return false
	}
	of, ok := array.Elt.(*ast.Ident)
	if !ok {
		return false
	}
	all := 0
	for constant, value := range u.values {
		if strings.HasPrefix(constant, pkg+".") && strings.HasPrefix(value, of.Name+"=") {
			all++
		}
	}
	return all > 0 && len(literal.Elts) == all
}

func receiver(f *ast.FuncDecl) string {
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// modelType returns the name of a type of package model.
func modelType(of ast.Expr) (string, bool) {
	s, ok := of.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	from, ok := s.X.(*ast.Ident)
	return s.Sel.Name, ok && from.Name == "model"
}

func (u *uses) build(name string, literal *ast.CompositeLit) {
	if u.built[name] == nil {
		u.built[name] = map[string]ast.Expr{}
	}
	for _, e := range literal.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			u.built[name][pair.Key.(*ast.Ident).Name] = pair.Value
		}
	}
}

// gives reports whether the code gives an enum's value to clients.
func (u *uses) gives(enum, goType, value string) bool {
	folders := u.given[goType+"="+value]
	for _, folder := range folders {
		if !libraryValues[enum+"."+value] || !library.MatchString(folder) {
			return true
		}
	}
	return len(folders) == 0 && u.literals[value]
}

func schema(t *testing.T) *gql.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "schema.graphqls"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := gqlparser.LoadSchema(&gql.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// goTypes returns the Go types of the schema's types, where gqlgen.yml says other than the same name.
func goTypes(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "gqlgen.yml"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^  (\w+):\n    model: [\w./]+\.(\w+)$`).FindAllStringSubmatch(string(text), -1) {
		found[m[1]] = m[2]
	}
	return found
}

const reserved = "Reserved"

// TestReserved_Values proves that an enum's value is marked "Reserved" if, and only if, no server gives it. For enums
// that clients send, it requires that the value is read instead.
func TestReserved_Values(t *testing.T) {
	s, u, types := schema(t), readUses(t), goTypes(t)
	sent := sentEnums(s)
	for _, enum := range s.Types {
		if enum.Kind != gql.Enum || strings.HasPrefix(enum.Name, "__") {
			continue
		}
		goType := types[enum.Name]
		if goType == "" {
			goType = enum.Name
		}
		others := 0 // values that the code does not look at, of those that are sent: one may stand for the rest
		for _, v := range enum.EnumValues {
			works := u.gives(enum.Name, goType, v.Name)
			if sent[enum.Name] {
				works = u.asked[v.Name] || others == 0
			}
			if !u.asked[v.Name] {
				others++
			}
			marked := strings.Contains(v.Description, reserved)
			switch {
			case !works && !marked:
				t.Errorf("%s.%s: nothing gives it, and its description does not say %q", enum.Name, v.Name, reserved)
			case works && marked:
				t.Errorf("%s.%s: it is given, and its description says %q: %s", enum.Name, v.Name, reserved, v.Description)
			}
		}
	}
}

// sentEnums returns the enums that arguments and inputs have, and of directives those that no answer has.
func sentEnums(s *gql.Schema) map[string]bool {
	sent, answered := map[string]bool{}, map[string]bool{}
	for _, d := range s.Types {
		for _, f := range d.Fields {
			for _, a := range f.Arguments {
				sent[a.Type.Name()] = true
			}
			if d.Kind == gql.InputObject {
				sent[f.Type.Name()] = true
			} else {
				answered[f.Type.Name()] = true
			}
		}
	}
	for _, d := range s.Directives {
		for _, a := range d.Arguments {
			sent[a.Type.Name()] = sent[a.Type.Name()] || !answered[a.Type.Name()]
		}
	}
	return sent
}

// goName returns the name of a field in Go, as gqlgen makes it.
func goName(name string) string {
	name = strings.ToUpper(name[:1]) + name[1:]
	return regexp.MustCompile(`Id$`).ReplaceAllString(name, "ID")
}

// TestReserved_Fields proves that a field of an object that is built here is marked "Reserved" if, and only if, it is
// never set, and that what clients send is read.
func TestReserved_Fields(t *testing.T) {
	s, u := schema(t), readUses(t)
	for _, d := range s.Types {
		switch {
		case d.Kind == gql.InputObject:
			for _, f := range d.Fields {
				if !u.selected[goName(f.Name)] && !strings.Contains(f.Description, reserved) {
					t.Errorf("%s.%s: nothing reads it, and its description does not say %q", d.Name, f.Name, reserved)
				}
			}
		case d.Kind == gql.Object && u.built[d.Name] != nil:
			for _, f := range d.Fields {
				if strings.HasPrefix(f.Name, "__") {
					continue
				}
				value, set := u.built[d.Name][goName(f.Name)]
				works := set && !isEmpty(value) || u.assigned[goName(f.Name)]
				marked := strings.HasPrefix(f.Description, reserved)
				if works == marked {
					t.Errorf("%s.%s: set: %t, and its description is: %s", d.Name, f.Name, works, f.Description)
				}
			}
		}
	}
}

// isEmpty reports whether an expression is a list without elements.
func isEmpty(value ast.Expr) bool {
	list, ok := value.(*ast.CompositeLit)
	return ok && len(list.Elts) == 0
}

// TestReserved_Arguments proves that the resolvers use each argument of their fields, or that it is marked "Reserved".
func TestReserved_Arguments(t *testing.T) {
	s, u := schema(t), readUses(t)
	checked := 0
	for name, d := range s.Types {
		if d.Kind != gql.Object || strings.HasPrefix(name, "__") {
			continue
		}
		for _, f := range d.Fields {
			resolver := u.resolvers[strings.ToLower(name[:1])+name[1:]+"Resolver."+goName(f.Name)]
			if resolver == nil || len(f.Arguments) == 0 {
				continue
			}
			used := map[string]bool{}
			ast.Inspect(resolver.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					used[id.Name] = true
				}
				return true
			})
			var names []string
			for _, p := range resolver.Type.Params.List {
				for _, id := range p.Names {
					names = append(names, id.Name)
				}
			}
			names = names[len(names)-len(f.Arguments):]
			for i, a := range f.Arguments {
				checked++
				if !used[names[i]] && !strings.Contains(a.Description, reserved) {
					t.Errorf("%s.%s(%s): its resolver does not use it, and its description does not say %q", name, f.Name, a.Name, reserved)
				}
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d arguments have a resolver: the test no longer finds them", checked)
	}
}
