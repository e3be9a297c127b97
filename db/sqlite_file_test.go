//go:build linux

package db_test

import (
	"os"
	osexec "os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"authgraph/db"
	"authgraph/db/dbtest"
)

const sharedFile = "TEST_SHARED_FILE"

// TestOpenSQLite_OtherOwner starts itself again as another user of the file's group.
func TestOpenSQLite_OtherOwner(t *testing.T) {
	t.Parallel()
	if path := os.Getenv(sharedFile); path != "" {
		openShared(t, path)
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("skipped: a file of another user takes root")
	}
	const group = 4242
	folder, err := os.MkdirTemp("/tmp", "shared") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	path := filepath.Join(folder, "authgraph.db")
	s := dbtest.OpenSQLite(t, path)
	mustMigrate(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		share(t, file, group, 0o660)
	}
	share(t, folder, group, 0o770)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "program") // the build's folder is closed to others
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, text, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := osexec.Command(program, "-test.run=^TestOpenSQLite_OtherOwner$")
	cmd.Dir, cmd.Env = folder, []string{sharedFile + "=" + path, "TMPDIR=" + folder}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 4243, Gid: group}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("got %v, want a start as another user of the group: %s", err, out)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("got mode %v, %v, want 0660: the other user does not own the file", info.Mode(), err)
	}
	s, err = db.OpenSQLite(path) // the owner
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600 by the owner", info.Mode(), err)
	}
}

func share(t *testing.T, path string, group int, mode os.FileMode) {
	t.Helper()
	if err := os.Chown(path, -1, group); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func openShared(t *testing.T, path string) {
	t.Helper()
	s := dbtest.OpenSQLite(t, path)
	if held, err := s.Exclusive(t.Context()); err != nil || !held {
		t.Errorf("Exclusive: got %v, %v, want true", held, err)
	}
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Errorf("Migrate: %v", err)
	}
	writeShared(t, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func writeShared(t *testing.T, s *db.Store) {
	t.Helper()
	if err := s.Exec(t.Context(), `INSERT INTO instances (id, seen_at) VALUES ('shared', 1)`); err != nil {
		t.Errorf("writing: %v", err)
	}
}
