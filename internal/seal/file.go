package seal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// maxFile bounds what is read of a secret file, in case the path names something
// else. A list of a thousand secrets is smaller.
const maxFile = 1 << 17

// FileSecrets reads the secrets in a file, or makes the file, readable by its
// owner alone, with one new secret. Processes that start at once all return the
// same secret, and none returns before it would survive a power failure: what
// is sealed with a lost secret is lost.
//
// It fails when group or others may read or write the file (on unix).
func FileSecrets(path string, rand io.Reader) ([]Secret, error) {
	secrets, err := readFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secrets, err
	}
	if err := makeFile(path, rand); err != nil {
		return nil, fmt.Errorf("seal: making the secret file: %w", err)
	}
	return readFile(path)
}

func readFile(path string) ([]Secret, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("seal: reading the secret file: %w", err)
	}
	defer f.Close()

	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("seal: reading the secret file: %w", err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return nil, fmt.Errorf("seal: the secret file %s has mode %04o: users other than its owner have access; chmod 600 it", path, mode)
	}
	list, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("seal: reading the secret file: %w", err)
	}
	secrets, err := Parse(string(list))
	if err != nil {
		return nil, fmt.Errorf("secret file %s: %w", path, err)
	}
	return secrets, nil
}

// makeFile puts a new secret at path unless a file is there. It writes a file of
// its own first and links it to path: a link, unlike a rename, never replaces,
// and readers never see half a secret.
func makeFile(path string, rand io.Reader) error {
	s, err := Generate(rand)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // O_EXCL, mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := writeDurably(temp, s.Encode()+"\n"); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

func writeDurably(f *os.File, text string) error {
	_, err := f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes a new name in the directory durable. Windows has no such call and
// keeps names in its journal.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
