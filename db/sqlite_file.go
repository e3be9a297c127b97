package db

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ErrNoFile means that no database file is at the path.
var ErrNoFile = errors.New("there is no database file")

// makeFile creates the database file with its folder, or opens the file that exists, to see that this process may read and
// write it. A file of this user is made readable for no other, since it holds password hashes. A file of another user
// keeps its mode, since only its owner can change it. SQLite gives the files next to it the same mode.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil && owned(info) {
		err = file.Chmod(0o600)
	}
	return errors.Join(err, file.Close())
}

// existingFile is ErrNoFile if no file is at the path.
func existingFile(path string) error {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w at %s", ErrNoFile, path)
	}
	return err
}

// newLock returns a lock in a file next to the database's. The file gets the database's mode, so that each user who may
// write the database can lock it too.
func newLock(path, suffix string) *flock.Flock {
	mode := fs.FileMode(0o600)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	return flock.New(path+suffix, flock.SetPermissions(mode))
}
