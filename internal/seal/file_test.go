package seal

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestFileSecrets_MakesAndReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	made, err := FileSecrets(path, rand.Reader)
	if err != nil || len(made) != 1 {
		t.Fatalf("got %v, %v, want one secret", made, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode(); runtime.GOOS != "windows" && mode != 0o600 {
		t.Errorf("got mode %v, want 0600", mode)
	}
	// Reading needs no randomness.
	read, err := FileSecrets(path, brokenReader{errors.New("broken")})
	if err != nil || len(read) != 1 || read[0] != made[0] {
		t.Errorf("got %v, %v, want %v", read, err, made)
	}
}

func TestFileSecrets_List(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	a, b := secret("a", 1), secret("b", 2)
	if err := os.WriteFile(path, []byte(a.Encode()+"\n"+b.Encode()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := FileSecrets(path, rand.Reader)
	if err != nil || len(got) != 2 {
		t.Errorf("got %v, %v, want a and b", got, err)
	} else if got[0] != a || got[1] != b {
		t.Errorf("got %v, %v, want a and b", got, err)
	}
}

func TestFileSecrets_AllAtOnce(t *testing.T) {
	const n = 20
	dir := t.TempDir()
	var (
		wg    sync.WaitGroup
		start = make(chan struct{})
		got   [n][]Secret
		errs  [n]error
	)
	for i := range n {
		wg.Go(func() {
			<-start
			got[i], errs[i] = FileSecrets(filepath.Join(dir, "secret"), rand.Reader)
		})
	}
	close(start)
	wg.Wait()
	for i := range n {
		if errs[i] != nil || len(got[i]) != 1 || got[i][0] != got[0][0] {
			t.Errorf("caller %d: got %v, %v, want %v", i, got[i], errs[i], got[0])
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("got %v, %v, want the secret file alone", entries, err)
	}
}

// TestMakeFile_NeverReplaces is the case of a process that found no file and was
// overtaken by another one.
func TestMakeFile_NeverReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	first, err := FileSecrets(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := makeFile(path, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if got, err := readFile(path); err != nil || got[0] != first[0] {
		t.Errorf("got %v, %v, want %v", got, err, first)
	}
}

func TestFileSecrets_OpenModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes on Windows")
	}
	path := filepath.Join(t.TempDir(), "secret")
	if _, err := FileSecrets(path, rand.Reader); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		mode fs.FileMode
		ok   bool
	}{
		{"owner reads", 0o400, true},
		{"owner reads and writes", 0o600, true},
		{"group reads", 0o640, false},
		{"group writes", 0o620, false},
		{"others read", 0o604, false},
		{"others execute", 0o601, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := FileSecrets(path, rand.Reader)
			if (err == nil) != tt.ok {
				t.Fatalf("got error %v, want success %t", err, tt.ok)
			}
			if err != nil && (!strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "chmod 600")) {
				t.Errorf("got error %q, want the path and the remedy in it", err)
			}
		})
	}
}

func TestFileSecrets_Fails(t *testing.T) {
	write := func(t *testing.T, text string) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct {
		name string
		path string
		want string
	}{
		{"no folder", filepath.Join(t.TempDir(), "missing", "secret"), "making the secret file"},
		{"empty file", write(t, ""), "no secret"},
		{"half a file", write(t, secret("a", 1).Encode()[:20]), "the key must be base64 of 32 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := FileSecrets(tt.path, rand.Reader)
			if err == nil || !strings.Contains(err.Error(), tt.want) ||
				!strings.Contains(err.Error(), filepath.Dir(tt.path)) {
				t.Errorf("got %v, error %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestFileSecrets_NoEntropy(t *testing.T) {
	dir, broken := t.TempDir(), errors.New("broken")
	if _, err := FileSecrets(filepath.Join(dir, "secret"), brokenReader{broken}); !errors.Is(err, broken) {
		t.Errorf("got error %v, want %v", err, broken)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("got %v, %v, want an empty folder", entries, err)
	}
}
