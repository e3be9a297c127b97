package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// errAbsent says that this machine has no PostgreSQL server.
var errAbsent = errors.New("no PostgreSQL server (initdb, postgres) is installed: " +
	"apt-get install postgresql, dnf install postgresql-server or brew install postgresql; " +
	"or set PGTEST_BIN to the folder of its binaries")

// places are where packages put the binaries without adding them to PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin",                               // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                        // Red Hat, packages of postgresql.org
	"/usr/libexec/postgresql*",                                // Alpine
	"/opt/homebrew/opt/postgresql@*/bin",                      // Homebrew on ARM
	"/usr/local/opt/postgresql@*/bin",                         // Homebrew on Intel
	"/Applications/Postgres.app/Contents/Versions/latest/bin", // Postgres.app
	"/usr/local/pgsql/bin",                                    // built from source
}

// findBinaries returns the folder of initdb and postgres: PGTEST_BIN, which
// has to be right if it is set, PATH, or the highest version in places.
func findBinaries() (string, error) {
	if dir := os.Getenv("PGTEST_BIN"); dir != "" {
		if !complete(dir) {
			return "", fmt.Errorf("PGTEST_BIN=%s holds no initdb and postgres", dir)
		}
		return dir, nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		// A link in /usr/bin leads to the folder that has postgres as well.
		for _, dir := range []string{filepath.Dir(path), filepath.Dir(resolved(path))} {
			if complete(dir) {
				return dir, nil
			}
		}
	}
	if dir := highest(places); dir != "" {
		return dir, nil
	}
	return "", errAbsent
}

func resolved(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

func complete(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

var version = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

// highest returns the folder of the highest version among all that the
// patterns match, "" if none has the binaries.
func highest(patterns []string) string {
	best, newest := "", -1.0
	for _, pattern := range patterns {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			panic("pgtest: " + pattern + " is no pattern")
		}
		slices.Sort(matches)
		for _, dir := range matches {
			number, err := strconv.ParseFloat(version.FindString(dir), 64)
			if err != nil {
				number = 0
			}
			if number > newest && complete(dir) {
				best, newest = dir, number
			}
		}
	}
	return best
}
