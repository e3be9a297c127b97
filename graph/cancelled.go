package graph

import (
	"context"
	"errors"

	"authgraph/auth"
)

// CodeCancelled is the code, told to Answered, of an answer whose client had given up. No client receives it.
const CodeCancelled = "CANCELLED"

// givenUp reports whether err has no other cause than a client that is gone, or that has ended its operation on a socket.
// A cancelled statement may come back as a database that is out of reach.
func givenUp(ctx context.Context, err error) bool {
	return errors.Is(ctx.Err(), context.Canceled) &&
		(errors.Is(err, context.Canceled) || errors.Is(err, auth.ErrUnavailable))
}
