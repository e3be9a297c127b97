package reqctx

import (
	"context"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Present returns an error as its client is shown it, with a code and the id of the request.
type Present func(ctx context.Context, err error) *gqlerror.Error

// Failure is an answer to what was not executed: without a `data` entry, as GraphQL, 7.1 asks.
type Failure struct {
	Errors gqlerror.List `json:"errors"`
}
