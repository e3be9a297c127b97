package graph

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// TestClip proves that an error repeats no more than a bound of what the client has sent, and leaves the path of another
// error as it is.
func TestClip(t *testing.T) {
	long := strings.Repeat("ä", 10_000)
	path := ast.Path{ast.PathName("can"), ast.PathName(long), ast.PathIndex(3)}
	e := &gqlerror.Error{Message: long, Path: path, Extensions: map[string]any{"field": long, "code": "BAD_USER_INPUT"}}
	clip(e)
	for name, text := range map[string]string{"message": e.Message, "field": e.Extensions["field"].(string), "path": string(e.Path[1].(ast.PathName))} {
		bound := maxQuoted
		if name == "message" {
			bound = maxMessage
		}
		if len(text) > bound || len(text) < bound-5 || !utf8.ValidString(text) {
			t.Errorf("%s: got %d bytes, want at most %d, and whole characters", name, len(text), bound)
		}
	}
	if got := path[1].(ast.PathName); string(got) != long {
		t.Error("the path that was given has changed")
	}
	short := &gqlerror.Error{Message: "No", Path: ast.Path{ast.PathName("me")}}
	clip(short)
	if short.Message != "No" || short.Path.String() != "me" {
		t.Errorf("a short error: got %v", short)
	}
}

// An explanation counts in the size of an answer.
func TestErrorSize_Explanation(t *testing.T) {
	plain := &gqlerror.Error{Message: "No"}
	explained := &gqlerror.Error{Message: "No", Extensions: map[string]any{"explanation": []string{"a: holds", "b: holds"}}}
	if got, minimum := errorSize(explained)-errorSize(plain), int64(len("a: holds")+len("b: holds")); got < minimum {
		t.Errorf("the explanation takes %d bytes, want at least %d", got, minimum)
	}
}
