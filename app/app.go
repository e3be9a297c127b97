package app

import (
	"context"
	"io"

	"authgraph/config"
	"authgraph/internal/serverkit"
)

// Run serves until ctx ends, and then stops as c says. The addresses of the server are written to out, its log to logs.
func Run(ctx context.Context, c config.Config, out, logs io.Writer) error {
	return serverkit.Run(ctx, c, out, logs)
}
