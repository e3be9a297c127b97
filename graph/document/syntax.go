package document

import (
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
)

// checkSyntax refuses what gqlparser reads although it is not GraphQL (October 2021): variables of a fragment, a number with a
// name right behind it (2.1.7), a string in place of the keyword `on`, and a block string that ends with more than three
// quotes, whose end is at the first three (2.9.4).
func checkSyntax(source string, doc *ast.QueryDocument) *gqlerror.Error {
	for _, f := range doc.Fragments {
		if len(f.VariableDefinition) > 0 {
			return unexpected(f.Position)
		}
	}
	if at := longEnd(source); at != nil {
		return unexpected(at)
	}
	if !isSuspicious(source) {
		return nil
	}
	tokens := lexer.New(&ast.Source{Input: source})
	var before lexer.Token
	for {
		token, err := tokens.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return nil // the parser has read it: no error is left
		}
		number := before.Kind == lexer.Int || before.Kind == lexer.Float
		text := token.Kind == lexer.String || token.Kind == lexer.BlockString
		if number && token.Kind == lexer.Name && token.Pos.Start == before.Pos.End || before.Kind == lexer.Spread && text {
			return unexpected(&token.Pos)
		}
		if token.Kind != lexer.Comment {
			before = token
		}
	}
}

// longEnd returns the position after the first block string that ends with more than three quotes, or nil.
func longEnd(source string) *ast.Position {
	if !strings.Contains(source, `""""`) {
		return nil
	}
	for i := 0; i < len(source); {
		n := max(textLength(source[i:]), 1)
		if text := source[i : i+n]; strings.HasPrefix(text, `"""`) && hasLongEnd(text[3:]) {
			before := source[:i+n]
			line := strings.LastIndexByte(before, '\n') + 1
			return &ast.Position{Src: &ast.Source{}, Line: strings.Count(before, "\n") + 1, Column: utf8.RuneCountInString(before[line:])}
		}
		i += n
	}
	return nil
}

// hasLongEnd reports whether the text of a block string ends with more than three quotes. Three may be escaped.
func hasLongEnd(text string) bool {
	rest := strings.TrimRight(text, `"`)
	n := len(text) - len(rest)
	if strings.HasSuffix(rest, `\`) && n > 3 {
		n -= 3
	}
	return n > 3
}

// unexpected is the parse error at a position.
func unexpected(at *ast.Position) *gqlerror.Error {
	return gqlerror.ErrorPosf(at, "Unexpected token")
}

// isSuspicious reports whether a source may have a token that checkSyntax refuses. Most sources do not, and to read the tokens
// again costs as much as the first time.
func isSuspicious(source string) bool {
	if strings.Contains(source, "...") && strings.Contains(source, `"`) {
		return true
	}
	name := false // within a name, whose digits belong to no number
	for i := range len(source) {
		c := source[i]
		letter := c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z'
		digit := '0' <= c && c <= '9'
		if letter && !name && i > 0 && '0' <= source[i-1] && source[i-1] <= '9' {
			return true
		}
		name = letter || name && digit
	}
	return false
}
