package document

import (
	"errors"
	"strings"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// Read parses and validates a document. A document above a limit is refused before its expensive steps.
func Read(schema *ast.Schema, source string, l Limits) (*ast.QueryDocument, gqlerror.List) {
	if n := longestName(source); n > MaxName {
		return nil, gqlerror.List{exceeded("name", n, MaxName)}
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: source}, l.Tokens)
	if err != nil {
		return nil, gqlerror.List{unread(err, l)}
	}
	if fault := checkSyntax(source, doc); fault != nil {
		errcode.Set(fault, errcode.ParseFailed)
		return nil, gqlerror.List{fault}
	}
	if len(doc.Operations) == 0 {
		return nil, invalid(gqlerror.List{gqlerror.Errorf("no operation provided")})
	}
	if refused := check(doc, l); refused != nil {
		return nil, gqlerror.List{refused}
	}
	first, last := ruleSet()
	large, errs := validate(schema, doc, first, l)
	if errs != nil {
		return nil, errs
	}
	if refused := compare(doc, l); refused != nil {
		return nil, gqlerror.List{refused}
	}
	if _, errs := validate(schema, doc, last, l); errs != nil {
		return nil, errs
	}
	for _, number := range large {
		number.Kind = ast.StringValue
	}
	return doc, nil
}

// validate returns the numbers that fit no type of Go's, which gqlgen would panic on. ID takes them as text, as do scalars of
// the schema's own.
func validate(schema *ast.Schema, doc *ast.QueryDocument, rules []core.Rule, l Limits) (large []*ast.Value, errs gqlerror.List) {
	v := &validation{limit: visitsPerToken * l.Tokens}
	v.run(schema, doc, rules)
	return v.large, invalid(v.errs)
}

// compare holds a document to the comparisons of the rule that comes last.
func compare(doc *ast.QueryDocument, l Limits) *gqlerror.Error {
	c := &comparisons{limit: l.Comparisons}
	switch c.document(doc); {
	case c.n > l.Comparisons:
		return exceeded("comparisons", c.n, l.Comparisons)
	case c.visits > visitsPerToken*l.Tokens:
		return exceeded("visits", c.visits, visitsPerToken*l.Tokens)
	}
	return nil
}

// invalid marks what a validator found. Refusals of ours keep their own code.
func invalid(errs gqlerror.List) gqlerror.List {
	for _, err := range errs {
		if err.Err == nil {
			errcode.Set(err, errcode.ValidationFailed)
		}
	}
	return errs
}

// unread maps an error of the parser. The parser distinguishes its two limits from faults by text alone.
func unread(err error, l Limits) *gqlerror.Error {
	var fault *gqlerror.Error
	if !errors.As(err, &fault) {
		fault = gqlerror.Wrap(err)
	}
	switch {
	case strings.HasPrefix(fault.Message, "exceeded token limit"):
		return exceeded("tokens", l.Tokens+1, l.Tokens)
	case strings.HasPrefix(fault.Message, "exceeded maximum nesting depth"):
		return exceeded("nesting", parser.MaxNestingDepth+1, parser.MaxNestingDepth)
	}
	errcode.Set(fault, errcode.ParseFailed)
	return fault
}

// check holds each operation to what can be counted before the document is validated.
func check(doc *ast.QueryDocument, l Limits) *gqlerror.Error {
	c := newCounter(doc)
	for _, op := range doc.Operations {
		n := c.operation(op)
		roots := 0
		if op.Operation == ast.Mutation {
			roots = c.roots(op)
		}
		for _, row := range []struct {
			limit         string
			figure, bound int
		}{
			{"depth", n.depth, l.Depth}, {"aliases", n.aliases, l.Aliases}, {"directives", n.directives, l.Directives},
			{"mutations", roots, l.Mutations}, {"fields", n.fields, l.Fields}, {"typenames", c.typenames(op), maxTypenames},
		} {
			if row.figure > row.bound {
				return exceeded(row.limit, row.figure, row.bound)
			}
		}
	}
	return nil
}
