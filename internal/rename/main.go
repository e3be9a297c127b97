// Command rename gives this module another path, in the folder that it runs in: `make rename MODULE=example.com/you/authgraph`.
// It rewrites what names packages, and no string constant, because stored data depends on some; see rewrite.go. Then it
// generates the code of gqlgen again.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

func main() {
	if err := run(".", os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "rename:", err)
		os.Exit(1)
	}
}

func run(root string, arguments []string) error {
	if len(arguments) != 1 || arguments[0] == "" {
		return errors.New("usage: make rename MODULE=example.com/you/authgraph")
	}
	path := arguments[0]
	if err := module.CheckPath(path); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	old := modfile.ModulePath(text)
	if old == "" {
		return errors.New("go.mod has no module path")
	}
	if old == path {
		return fmt.Errorf("the module is %s already", path)
	}
	// 1. Everything is read and rewritten in memory first, so that a fault leaves the tree as it was.
	changed, err := rewriteTree(root, old, path)
	if err != nil {
		return err
	}
	for name, text := range changed {
		if err := os.WriteFile(name, text, 0o644); err != nil { // the mode of a file that exists stays
			return err
		}
	}
	// 2. The generated code has the paths in its imports, in an order of its own.
	folders, err := generated(root)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		generate := exec.Command("go", "generate", "./...")
		generate.Dir, generate.Stdout, generate.Stderr = folder, os.Stdout, os.Stderr
		if err := generate.Run(); err != nil {
			return fmt.Errorf("%s: go generate: %w", folder, err)
		}
	}
	fmt.Printf("%s is %s now: %d files. default.pgo has no effect until it is recorded again (bench/profile).\n", old, path, len(changed))
	return nil
}
