package harness

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// Input is one argument or input field that takes a scalar or an enum, somewhere below a root field.
type Input struct {
	operation ast.Operation
	field     *ast.FieldDefinition
	composite bool     // whether the field returns what has fields
	path      []string // the argument's name, and those of the input fields below it
	Kind      *ast.Definition
}

func (p Input) String() string {
	return p.field.Name + "(" + strings.Join(p.path, ".") + ")"
}

// Literal is GraphQL that stands in a document as it is: an enum's value, or a string in its quotes.
type Literal string

// Inputs returns all of them that the schema has.
func Inputs(schema *ast.Schema) []Input {
	var all []Input
	for operation, root := range map[ast.Operation]*ast.Definition{
		ast.Query: schema.Query, ast.Mutation: schema.Mutation, ast.Subscription: schema.Subscription,
	} {
		if root == nil {
			continue
		}
		for _, field := range root.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			for _, argument := range field.Arguments {
				for _, l := range leaves(schema, argument.Type, []string{argument.Name}, nil) {
					all = append(all, Input{operation, field, schema.Types[field.Type.Name()].IsCompositeType(), l.path, l.kind})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b Input) int { return strings.Compare(a.String(), b.String()) })
	return all
}

type leaf struct {
	path []string
	kind *ast.Definition
}

// leaves are the scalars and enums below an argument or an input field. An input that holds itself is followed once.
func leaves(schema *ast.Schema, of *ast.Type, path, within []string) []leaf {
	definition := schema.Types[of.Name()]
	if definition.Kind != ast.InputObject {
		return []leaf{{path, definition}}
	}
	if slices.Contains(within, definition.Name) {
		return nil
	}
	var all []leaf
	for _, field := range definition.Fields {
		below := append(slices.Clone(path), field.Name)
		all = append(all, leaves(schema, field.Type, below, append(slices.Clone(within), definition.Name))...)
	}
	return all
}

// Arguments fills in what the field demands, with value at the place.
func (p Input) Arguments(t *testing.T, schema *ast.Schema, value any) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, argument := range p.field.Arguments {
		if argument.Name == p.path[0] {
			all[argument.Name] = Filled(t, schema, argument.Type, p.path[1:], value)
		} else if argument.Type.NonNull && argument.DefaultValue == nil {
			all[argument.Name] = Filled(t, schema, argument.Type, nil, nil)
		}
	}
	return all
}

// Filled returns a value of a type: the given one at the end of path, and what passes for one everywhere else.
func Filled(t *testing.T, schema *ast.Schema, of *ast.Type, path []string, value any) any {
	t.Helper()
	definition := schema.Types[of.Name()]
	switch {
	case of.Elem != nil:
		return []any{Filled(t, schema, of.Elem, path, value)}
	case definition.Kind == ast.InputObject:
		object := map[string]any{}
		for _, field := range definition.Fields {
			if len(path) > 0 && field.Name == path[0] {
				object[field.Name] = Filled(t, schema, field.Type, path[1:], value)
			} else if field.Type.NonNull && field.DefaultValue == nil {
				object[field.Name] = Filled(t, schema, field.Type, nil, nil)
			}
		}
		return object
	case value != nil:
		return value
	case definition.Kind == ast.Enum:
		return Literal(definition.EnumValues[0].Name)
	}
	sample, known := map[string]any{
		"String": Password, "ID": "user_01m85pwve3fzste6jxy89smjc7", "EmailAddress": "somebody@example.com",
		"Int": 1, "Float": 1.5, "Boolean": true, "Duration": "1m", "DateTime": "2026-01-02T03:04:05Z", "JSON": "{}",
	}[definition.Name]
	if !known {
		t.Fatalf("what passes for a %s?", definition.Name)
	}
	return sample
}

// ViaVariables returns the document that takes each argument from a variable of its name.
func (p Input) ViaVariables() string {
	var declared, input []string
	for _, argument := range p.field.Arguments {
		declared = append(declared, "$"+argument.Name+": "+argument.Type.String())
		input = append(input, argument.Name+": $"+argument.Name)
	}
	return fmt.Sprintf("%s(%s) { %s(%s)%s }", p.operation, strings.Join(declared, ", "), p.field.Name,
		strings.Join(input, ", "), p.selection())
}

// ViaLiterals returns the document that has each argument written out.
func (p Input) ViaLiterals(arguments map[string]any) string {
	written := render(arguments)
	return fmt.Sprintf("%s { %s(%s)%s }", p.operation, p.field.Name, written[1:len(written)-1], p.selection())
}

func (p Input) selection() string {
	if p.composite {
		return " { __typename }"
	}
	return ""
}

// render writes a value as GraphQL has it.
func render(value any) string {
	switch v := value.(type) {
	case map[string]any:
		var parts []string
		for name, member := range v {
			parts = append(parts, name+": "+render(member))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		return "[" + render(v[0]) + "]"
	case string:
		return `"` + v + `"` // samples have nothing to escape
	default:
		return fmt.Sprint(v)
	}
}

// JSONBody writes a request without a word on what its strings hold: encoding/json would repair them.
func JSONBody(document string, variables map[string]any) string {
	var b strings.Builder
	b.WriteString(`{"query":"`)
	for i := range len(document) {
		switch c := document[i]; {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(rune(c)))
		case c < ' ':
			b.WriteString(`\u00` + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]))
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString(`","variables":`)
	writeJSON(&b, variables)
	b.WriteString("}")
	return b.String()
}

func writeJSON(b *strings.Builder, value any) {
	switch v := value.(type) {
	case map[string]any:
		separator := "{"
		for name, member := range v {
			b.WriteString(separator + `"` + name + `":`)
			writeJSON(b, member)
			separator = ","
		}
		if len(v) == 0 {
			b.WriteString("{")
		}
		b.WriteString("}")
	case []any:
		b.WriteString("[")
		writeJSON(b, v[0])
		b.WriteString("]")
	case json.RawMessage:
		b.Write(v)
	case Literal:
		b.WriteString(`"` + string(v) + `"`)
	default:
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // a sample is JSON
		}
		b.Write(text)
	}
}
