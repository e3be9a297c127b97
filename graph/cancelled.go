package graph

import (
	"context"
	"errors"

	"authgraph/auth"
)

// CodeCancelled is the code that Answered gets for a request whose client disconnected early. No client receives it.
const CodeCancelled = "CANCELLED"

// abandoned reports whether err was caused by a client that disconnected, or that completed its operation on a socket. A
// cancelled statement may look like an unreachable database.
func abandoned(ctx context.Context, err error) bool {
	return errors.Is(ctx.Err(), context.Canceled) &&
		(errors.Is(err, context.Canceled) || errors.Is(err, auth.ErrUnavailable))
}
