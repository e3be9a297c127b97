package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"
)

func TestSweep(t *testing.T) {
	dead := exec.Command(os.Args[0], "-test.run=^$")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		folder string
		locked bool
		stays  bool
	}{
		{name: "of a dead process", folder: fmt.Sprintf("pgtest-%d-1", dead.Process.Pid)},
		{name: "of a dead process, but locked", folder: fmt.Sprintf("pgtest-%d-2", dead.Process.Pid), locked: true, stays: true},
		{name: "of a live process", folder: fmt.Sprintf("pgtest-%d-3", os.Getpid()), stays: true},
		{name: "of no process", folder: "pgtest-mine-4", stays: true},
		{name: "of something else", folder: "other-1-5", stays: true},
	}
	dir := t.TempDir()
	for _, tt := range tests {
		path := filepath.Join(dir, tt.folder)
		if err := os.MkdirAll(filepath.Join(path, "data"), 0o700); err != nil {
			t.Fatal(err)
		}
		if tt.locked {
			lock := flock.New(filepath.Join(path, lockName))
			if ok, err := lock.TryLock(); !ok || err != nil {
				t.Fatalf("got %v, %v, want the lock", ok, err)
			}
			t.Cleanup(func() { _ = lock.Close() })
		}
	}
	sweep(dir)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := os.Stat(filepath.Join(dir, tt.folder))
			if stays := err == nil; stays != tt.stays {
				t.Errorf("got stays %v, want %v", stays, tt.stays)
			}
		})
	}
}

func TestNewFolder_Locked(t *testing.T) {
	f, err := newFolder(nil)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := flock.New(f.file(lockName)).TryLock(); ok || err != nil {
		t.Errorf("got the lock %v, %v, want it taken", ok, err)
	}
	if got := len(f.file(".s.PGSQL.29999")); got > 103 {
		t.Errorf("got a socket path of %d bytes, want at most 103", got)
	}
	if err := f.remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(f.path); !os.IsNotExist(err) {
		t.Errorf("got %v, want the folder gone", err)
	}
}
