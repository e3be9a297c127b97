package document

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
)

// Limits are the maximum counts of a served document. Fragments count each time that they are spread. Parts that @skip or
// @include leaves out count too. The operation with the highest count decides.
type Limits struct {
	Tokens      int // lexical tokens of the document
	Depth       int // levels of fields
	Fields      int // each fragment that is spread counts as one, too
	Aliases     int
	Directives  int
	Mutations   int // root fields of a mutation that would be executed
	Cost        int // with the variables that are given
	Comparisons int // pairs of fields of one response name that validation compares
}

// MaxName bounds a name in a document, in bytes. The response repeats an alias for each object of a list, so a long alias
// would multiply the bytes that the client has sent.
const MaxName = 128

// maxTypenames bounds the names under which an operation asks for __typename, typenameBytes and the length of each, in
// bytes. Clients alias it to know interfaces (Relay: `__isNode`). Executors write __typename without resolving a field, so
// nothing else bounds it in a long list.
const (
	maxTypenames  = 160
	typenameBytes = 32
)

// visitsPerToken is how often validation may come by, for each token that a document may have. It walks a fragment again for
// each operation and fragment that spreads it; no document that people write comes near.
const visitsPerToken = 10

// exceeded is the refusal of a document that has figure of what at most bound are served.
func exceeded(limit string, figure, bound int) *gqlerror.Error {
	return (&auth.Error{
		Code:     auth.LimitExceeded,
		Message:  fmt.Sprintf("The document exceeds a limit: %s %d, at most %d", limit, figure, bound),
		Exceeded: &auth.Exceeded{Limit: limit, Figure: figure, Bound: bound},
	}).GraphQL()
}
