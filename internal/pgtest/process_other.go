//go:build !linux

package pgtest

import (
	"errors"
	"os"
	"syscall"
)

// attributes can't bind the server to the test process here. After a test
// process that was killed, the server ends within a minute of the next run:
// sweep removes its folder, and a server without its folder stops.
func attributes(*identity, bool) *syscall.SysProcAttr { return nil }

func serverOwner() (*identity, error) {
	if os.Geteuid() == 0 {
		return nil, errors.New("PostgreSQL refuses to run as root: run the tests as another user")
	}
	return nil, nil
}

func inMemory(string) bool { return false }
