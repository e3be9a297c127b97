package target

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// BuildRevision returns the path of the program of a revision, built in dir with the given flags of go build. An empty
// revision stands for the files here. A path of a program is returned as it is.
func BuildRevision(ctx context.Context, dir, revision string, flags ...string) (string, error) {
	if info, err := os.Stat(revision); err == nil && info.Mode().IsRegular() {
		return filepath.Abs(revision)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	program := filepath.Join(dir, "authgraph")
	build := func(tree string) []string {
		return slices.Concat([]string{"go", "build", "-C", tree}, flags, []string{"-o", program, "."})
	}
	if revision == "" {
		here, err := os.Getwd()
		if err != nil {
			return "", err
		}
		return program, execute(ctx, build(here))
	}
	tree := filepath.Join(dir, "tree")
	return program, execute(ctx,
		[]string{"git", "worktree", "add", "--detach", tree, revision},
		build(tree),
		[]string{"git", "worktree", "remove", "--force", tree},
	)
}

// execute runs commands in turn, up to the first failure.
func execute(ctx context.Context, commands ...[]string) error {
	for _, args := range commands {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}
