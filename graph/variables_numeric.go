package graph

import (
	"context"
	"encoding/json"
	"math"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// numericVariables is an extension that converts the numbers in variables. encoding/json keeps them as they were written, as a
// kind of string, which gqlparser accepts as a String: a password of digits could be sent without its quotes.
type numericVariables struct{}

// ExtensionName implements graphql.HandlerExtension.
func (numericVariables) ExtensionName() string { return "Numbers" }

// Validate implements graphql.HandlerExtension.
func (numericVariables) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters implements graphql.OperationParameterMutator.
func (numericVariables) MutateOperationParameters(_ context.Context, p *graphql.RawParams) *gqlerror.Error {
	for name, value := range p.Variables {
		p.Variables[name] = number(value)
	}
	return nil
}

func number(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // an infinity if out of range, which no type accepts
		const exact = 1 << 53
		if f == math.Trunc(f) && -exact <= f && f <= exact {
			return int64(f) // 1.0 and 1e3 are integers in JSON
		}
		return f
	case map[string]any:
		for name, member := range v {
			v[name] = number(member)
		}
	case []any:
		for i, element := range v {
			v[i] = number(element)
		}
	}
	return value
}
