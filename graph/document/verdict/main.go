// Command verdict judges GraphQL documents as the server does, for comparison with other validators. It reads a schema from
// the file that its argument names, and documents from standard input, each a JSON string on a line of its own. It writes a
// JSON object per document.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/graph/document"
)

// verdict is the judgement of one document. Code is "" for a valid one.
type verdict struct {
	Code    string `json:"code"`
	Message string `json:"message,omitempty"`
}

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "verdict:", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("usage: verdict schema.graphqls <documents")
	}
	sdl, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: args[0], Input: string(sdl)})
	if err != nil {
		return err
	}
	auth.RemoveDrafts(schema)
	lines, written := bufio.NewScanner(in), json.NewEncoder(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var source string
		if err := json.Unmarshal(lines.Bytes(), &source); err != nil {
			return err
		}
		if err := written.Encode(judge(schema, source)); err != nil {
			return err
		}
	}
	return lines.Err()
}

func judge(schema *ast.Schema, source string) verdict {
	const max = 1 << 20
	limits := document.Limits{
		Tokens: 100_000, Depth: max, Fields: max, Aliases: max, Directives: max, Mutations: max, Comparisons: max,
	}
	_, errs := document.Read(schema, source, limits)
	if len(errs) == 0 {
		return verdict{}
	}
	code, _ := errs[0].Extensions["code"].(string)
	if code == "" {
		code = errcode.ValidationFailed
	}
	return verdict{code, errs[0].Message}
}
