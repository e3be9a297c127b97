package document

import (
	"regexp"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// correctValues is graphql-js's rule ValuesOfCorrectType: a literal fits the type that is expected where it stands. gqlparser's
// rule accepts integers of more than 32 bits and objects in place of scalars and enums. Messages end before the literal, which
// may be a secret.
func correctValues(observers *core.Events, addError core.AddErrFunc) {
	observers.OnValue(func(_ *core.Walker, value *ast.Value) {
		if value.ExpectedType == nil || value.Definition == nil {
			return
		}
		refuse := func(format string, args ...any) { addError(core.Message(format, args...), core.At(value.Position)) }
		switch value.Kind {
		case ast.Variable:
		case ast.NullValue:
			if value.ExpectedType.NonNull {
				refuse(`Expected value of type "%s", found null.`, value.ExpectedType)
			}
		case ast.ListValue:
			if value.ExpectedType.Elem == nil && !isCustom(value.Definition) {
				refuse(`Expected value of type "%s", found a list.`, value.ExpectedType)
			}
		case ast.ObjectValue:
			if value.Definition.Kind == ast.InputObject {
				correctFields(value, refuse)
			} else if !isCustom(value.Definition) {
				refuse(`Expected value of type "%s", found an object.`, value.ExpectedType)
			}
		default:
			correctLeaf(value, refuse)
		}
	})
}

// isCustom reports whether a type is a scalar of the schema's own, whose literals its own code reads.
func isCustom(d *ast.Definition) bool { return d.Kind == ast.Scalar && !d.BuiltIn }

// correctFields holds a literal to the fields of an input object.
func correctFields(value *ast.Value, refuse func(string, ...any)) {
	d := value.Definition
	for _, field := range d.Fields {
		if field.Type.NonNull && field.DefaultValue == nil && value.Children.ForName(field.Name) == nil {
			refuse(`Field "%s.%s" of required type "%s" was not provided.`, d.Name, field.Name, field.Type)
		}
	}
	for _, child := range value.Children {
		if d.Fields.ForName(child.Name) == nil {
			refuse(`Field "%s" is not defined by type "%s".`, child.Name, d.Name)
		}
	}
	if d.Directives.ForName("oneOf") != nil && (len(value.Children) != 1 || value.Children[0].Value.Kind == ast.NullValue) {
		refuse(`OneOf Input Object "%s" must specify exactly one key, which is not null.`, d.Name)
	}
}

// correctLeaf holds a literal that is neither null, list nor object to a scalar or an enum. It stands for a list of one, too.
func correctLeaf(value *ast.Value, refuse func(string, ...any)) {
	text := value.Kind == ast.StringValue || value.Kind == ast.BlockValue
	d := value.Definition
	fits := true
	switch {
	case d.Kind == ast.Enum:
		if value.Kind != ast.EnumValue {
			refuse(`Enum "%s" cannot represent non-enum value.`, d.Name)
		} else if d.EnumValues.ForName(value.Raw) == nil {
			refuse(`The value does not exist in "%s" enum.`, d.Name)
		}
	case d.Kind != ast.Scalar:
		fits = false
	case d.Name == "Int":
		fits = value.Kind == ast.IntValue
		if _, err := strconv.ParseInt(value.Raw, 10, 32); fits && err != nil {
			refuse(`Int cannot represent non 32-bit signed integer value.`)
		}
	case d.Name == "Float":
		fits = value.Kind == ast.IntValue || value.Kind == ast.FloatValue
	case d.Name == "String":
		fits = text
	case d.Name == "ID":
		fits = text || value.Kind == ast.IntValue
	case d.Name == "Boolean":
		fits = value.Kind == ast.BooleanValue
	case d.Name == "DateTime":
		if text && namesNoMoment(value.Raw) {
			refuse(`DateTime cannot represent a point in time that does not exist.`)
		}
	}
	if !fits {
		refuse(`Expected value of type "%s", found another kind of value.`, value.ExpectedType)
	}
}

// dateTime is the form of a point in time, RFC 3339, 5.6.
var dateTime = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$`)

// namesNoMoment reports whether a text has the form of a point in time but is out of range, such as the 30th of February.
// Every other text is judged by the scalar itself during execution, which names the argument.
func namesNoMoment(text string) bool {
	_, err := time.Parse(time.RFC3339Nano, text)
	return err != nil && dateTime.MatchString(text)
}
