package authtest

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// unreached returns the path of an object in data that the document asks something of and that is not there, "" if all
// are: what is below it was not tried, and no error says so.
func unreached(document string, data map[string]any) (string, error) {
	parsed, err := parser.ParseQuery(&ast.Source{Input: document})
	if err != nil {
		return "", err
	}
	for _, operation := range parsed.Operations {
		if at := missing(parsed, operation.SelectionSet, data, ""); at != "" {
			return at, nil
		}
	}
	return "", nil
}

func missing(document *ast.QueryDocument, set ast.SelectionSet, object map[string]any, path string) string {
	for _, selection := range set {
		var at string
		switch s := selection.(type) {
		case *ast.Field:
			value, asked := object[s.Alias]
			if asked && len(s.SelectionSet) > 0 { // otherwise skipped, or on an object of another type
				at = absent(document, s.SelectionSet, value, path+"."+s.Alias)
			}
		case *ast.InlineFragment:
			at = missing(document, s.SelectionSet, object, path)
		case *ast.FragmentSpread:
			if f := document.Fragments.ForName(s.Name); f != nil {
				at = missing(document, f.SelectionSet, object, path)
			}
		}
		if at != "" {
			return at
		}
	}
	return ""
}

func absent(document *ast.QueryDocument, set ast.SelectionSet, value any, path string) string {
	switch v := value.(type) {
	case map[string]any:
		return missing(document, set, v, path)
	case []any:
		for _, element := range v {
			if at := absent(document, set, element, path); at != "" {
				return at
			}
		}
		if len(v) > 0 {
			return ""
		}
	}
	return path
}
