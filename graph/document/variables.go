package document

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// CheckVariables returns an error unless the variables that a request gives fit the definitions of its operation, as graphql-js
// coerces them: integers have 32 bits, enums are written as the schema has them, text is no number. Numbers are json.Number.
// Scalars of the schema's own are judged when their field is executed. The error has no path, because nothing was executed,
// and quotes no value.
func CheckVariables(schema *ast.Schema, op *ast.OperationDefinition, values map[string]any) *gqlerror.Error {
	for _, v := range op.VariableDefinitions {
		value, given := values[v.Variable]
		if !given {
			if v.DefaultValue == nil && v.Type.NonNull {
				return unfit(v, `Variable "$%s" of required type "%s" was not provided.`, v.Variable, v.Type)
			}
			continue
		}
		c := &coercion{schema: schema, at: []string{"$" + v.Variable}}
		if fault := c.check(v.Type, value); fault != "" {
			return unfit(v, `Variable "%s" is invalid: %s.`, strings.Join(c.at, "."), fault)
		}
	}
	return nil
}

func unfit(v *ast.VariableDefinition, format string, args ...any) *gqlerror.Error {
	err := gqlerror.ErrorPosf(v.Position, "%s", shortened(fmt.Sprintf(format, args...)))
	errcode.Set(err, errcode.ValidationFailed)
	return err
}

// shortened bounds a message, since names in it have any length.
func shortened(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + "…"
}

// coercion follows one value. Where it stops with a fault, at is the place.
type coercion struct {
	schema *ast.Schema
	at     []string
}

// check returns the fault of a value, or "".
func (c *coercion) check(t *ast.Type, value any) string {
	if value == nil {
		if t.NonNull {
			return fmt.Sprintf("%s must not be null", t)
		}
		return ""
	}
	if t.Elem != nil {
		list, ok := value.([]any)
		if !ok {
			return c.check(t.Elem, value) // stands for a list of one
		}
		for i, element := range list {
			if fault := c.below(strconv.Itoa(i), t.Elem, element); fault != "" {
				return fault
			}
		}
		return ""
	}
	d := c.schema.Types[t.NamedType]
	if d.Kind == ast.InputObject {
		return c.object(d, value)
	}
	if !isLeaf(d, value) {
		return fmt.Sprintf("the value does not fit %s", d.Name)
	}
	return ""
}

func (c *coercion) below(name string, t *ast.Type, value any) string {
	c.at = append(c.at, name)
	fault := c.check(t, value)
	if fault == "" {
		c.at = c.at[:len(c.at)-1]
	}
	return fault
}

func (c *coercion) object(d *ast.Definition, value any) string {
	members, ok := value.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s must be an object", d.Name)
	}
	known := 0
	for _, field := range d.Fields {
		member, given := members[field.Name]
		if !given {
			if field.Type.NonNull && field.DefaultValue == nil {
				return fmt.Sprintf(`field "%s" of required type "%s" was not provided`, field.Name, field.Type)
			}
			continue
		}
		known++
		if fault := c.below(field.Name, field.Type, member); fault != "" {
			return fault
		}
	}
	if known < len(members) {
		return fmt.Sprintf("it has a field that %s does not define", d.Name)
	}
	return ""
}

// isLeaf reports whether a value other than null fits a scalar or an enum.
func isLeaf(d *ast.Definition, value any) bool {
	number, isNumber := value.(json.Number)
	text, isText := value.(string)
	switch {
	case d.Kind == ast.Enum:
		return isText && d.EnumValues.ForName(text) != nil
	case d.Name == "Int":
		n, ok := integer(number)
		return isNumber && ok && n == int64(int32(n))
	case d.Name == "Float":
		_, err := number.Float64()
		return isNumber && err == nil
	case d.Name == "ID":
		_, ok := integer(number)
		return isText || isNumber && ok
	case d.Name == "String":
		return isText
	case d.Name == "Boolean":
		_, ok := value.(bool)
		return ok
	}
	return true
}

// integer reads a whole number, which may be written as 1.0 or 1e3, up to 2^53 then.
func integer(n json.Number) (int64, bool) {
	if i, err := n.Int64(); err == nil {
		return i, true
	}
	const exact = 1 << 53
	f, err := n.Float64()
	return int64(f), err == nil && f == float64(int64(f)) && -exact <= f && f <= exact
}
