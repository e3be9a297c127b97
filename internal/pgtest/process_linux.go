package pgtest

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// attributes make a process run as owner and, if mortal, stop at once
// (SIGQUIT) when the thread that starts it ends. The kernel sees to that, so
// it holds for a test process that is killed with SIGKILL.
func attributes(owner *identity, dieWithParent bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{}
	if owner != nil {
		attr.Credential = &syscall.Credential{Uid: uint32(owner.uid), Gid: uint32(owner.gid)}
	}
	if dieWithParent {
		attr.Pdeathsig = syscall.SIGQUIT
	}
	return attr
}

// serverOwner returns the user of the server process: another user if the
// tests run as root, as initdb and postgres refuse root, otherwise nil.
func serverOwner() (*identity, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		return &identity{int(uid), int(gid)}, nil
	}
	return nil, fmt.Errorf("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
}

// inMemory reports whether a folder is a tmpfs of at least minMemorySize.
func inMemory(dir string) bool {
	const tmpfs = 0x01021994 // statfs(2)
	var fs syscall.Statfs_t
	err := syscall.Statfs(dir, &fs)
	return err == nil && int64(fs.Type) == tmpfs && fs.Blocks*uint64(fs.Bsize) >= minMemorySize
}
