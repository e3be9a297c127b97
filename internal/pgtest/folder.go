package pgtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/gofrs/flock"
)

const (
	folderPrefix = "pgtest-"
	lockName     = "lock"
	// memoryFolder is in memory on Linux, if it is not as small as a container's may be.
	memoryFolder  = "/dev/shm"
	minMemorySize = 4 << 30
)

// identity is a user other than the one that the tests run as.
type identity struct{ uid, gid int }

// folder holds a cluster's data, log and socket. Its name tells the process
// that it belongs to, which locks a file in it for as long as it lives.
type folder struct {
	path string
	lock *flock.Flock
}

func newFolder(owner *identity) (*folder, error) {
	path, err := os.MkdirTemp(base(), fmt.Sprintf("%s%d-", folderPrefix, os.Getpid()))
	if err != nil {
		return nil, err
	}
	f := &folder{path: path, lock: flock.New(filepath.Join(path, lockName))}
	if _, err := f.lock.TryLock(); err != nil {
		return nil, errors.Join(err, f.remove())
	}
	if owner != nil {
		if err := os.Chown(path, owner.uid, owner.gid); err != nil {
			return nil, errors.Join(err, f.remove())
		}
	}
	return f, nil
}

func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

func (f *folder) remove() error { return errors.Join(f.lock.Close(), os.RemoveAll(f.path)) }

// base returns where folders go: in memory, where CREATE DATABASE takes a quarter of the processor time, or on the disk. The path
// of a Unix socket ends at 107 bytes (macOS: 103), and root's own TMPDIR may be closed to the server's owner.
func base() string {
	if inMemory(memoryFolder) {
		return memoryFolder
	}
	if dir := os.TempDir(); os.Geteuid() != 0 && len(dir) < 60 {
		return dir
	}
	return "/tmp"
}

// sweep removes the folders that dead test processes left in dir. A folder
// is removed only if the process does not exist and its lock is free. A process
// id alone may have been reused, or be one of another container's; and a new
// folder isn't locked yet.
func sweep(dir string) {
	paths, err := filepath.Glob(filepath.Join(dir, folderPrefix+"*"))
	if err != nil {
		return
	}
	for _, path := range paths {
		id, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(path), folderPrefix), "-")
		pid, err := strconv.Atoi(id)
		if err != nil || pid <= 0 || alive(pid) {
			continue
		}
		lock := flock.New(filepath.Join(path, lockName))
		if locked, err := lock.TryLock(); err == nil && locked {
			_ = os.RemoveAll(path) // another user's, or another process sweeps it too
		}
		_ = lock.Close()
	}
}

// alive reports whether the process may exist: it returns false only if the
// system says that the process does not exist.
func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return true
	}
	err = process.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}
