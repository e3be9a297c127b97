package pgtest

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestDatabase(t *testing.T) {
	var first, second string
	t.Run("two are apart", func(t *testing.T) {
		first, second = Database(t), Database(t)
		a, b := open(t, first), open(t, second)
		var one int
		if err := a.QueryRow("SELECT 1").Scan(&one); err != nil || one != 1 {
			t.Fatalf("got %d, %v, want 1", one, err)
		}
		mustExec(t, a, "CREATE TABLE thing (id integer)")
		mustExec(t, b, "CREATE TABLE thing (id integer)")
		mustExec(t, a, "INSERT INTO thing VALUES (1)")
		var count int
		if err := b.QueryRow("SELECT count(*) FROM thing").Scan(&count); err != nil || count != 0 {
			t.Errorf("got %d rows, %v, want none of the other database's", count, err)
		}
	})
	if first == "" {
		t.Skip("there is no PostgreSQL")
	}
	for _, url := range []string{first, second} {
		if err := open(t, url).Ping(); err == nil || !strings.Contains(err.Error(), "does not exist") {
			t.Errorf("got %v after the test, want a database that doesn't exist", err)
		}
	}
}

func TestTemplate_Database(t *testing.T) {
	fills := 0
	template := NewTemplate(func(url string) error {
		fills++
		db, err := sql.Open("postgres", url)
		if err != nil {
			return err
		}
		_, err = db.Exec("CREATE TABLE thing AS SELECT 1 AS id")
		return errors.Join(err, db.Close())
	})
	var url string
	t.Run("two copies are apart", func(t *testing.T) {
		url = template.Database(t)
		a, b := open(t, url), open(t, template.Database(t))
		mustExec(t, a, "INSERT INTO thing VALUES (2)")
		for want, db := range map[int]*sql.DB{2: a, 1: b} {
			var got int
			if err := db.QueryRow("SELECT count(*) FROM thing").Scan(&got); err != nil || got != want {
				t.Errorf("got %d rows, %v, want %d", got, err, want)
			}
		}
	})
	if url == "" {
		t.Skip("there is no PostgreSQL")
	}
	if fills != 1 {
		t.Errorf("the template was filled %d times, want 1", fills)
	}
	if err := open(t, url).Ping(); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("got %v after the test, want a database that doesn't exist", err)
	}
}

func TestDatabase_Settings(t *testing.T) {
	db := open(t, Database(t))
	for setting, want := range map[string]string{
		"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200",
		"listen_addresses": "127.0.0.1", "server_encoding": "UTF8", "lc_messages": "C",
	} {
		var got string
		if err := db.QueryRow("SELECT current_setting($1)", setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", setting, got, err, want)
		}
	}
}

func TestDatabase_NeedsPassword(t *testing.T) {
	u, err := url.Parse(Database(t))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(u.User.Username(), "guess")
	if err := open(t, u.String()).Ping(); err == nil {
		t.Error("a wrong password lets in")
	}
}

func TestCluster_StopAndStart(t *testing.T) {
	c := New(t)
	url := c.Database(t)
	db := open(t, url)
	mustExec(t, db, "CREATE TABLE thing (id integer)")
	for i := range 3 {
		mustExec(t, db, fmt.Sprintf("INSERT INTO thing VALUES (%d)", i))
		c.Stop(t)
		if err := db.Ping(); err == nil {
			t.Fatal("a stopped server answers")
		}
		c.Start(t)
		var count int
		if err := open(t, url).QueryRow("SELECT count(*) FROM thing").Scan(&count); err != nil || count != i+1 {
			t.Fatalf("got %d rows, %v, want the %d that were acknowledged", count, err, i+1)
		}
	}
}

// TestChild is the test process that TestServer_DiesWithProcess kills.
func TestChild(t *testing.T) {
	if os.Getenv("PGTEST_CHILD") == "" {
		t.Skip("it only runs as a child of TestServer_DiesWithProcess")
	}
	fmt.Println("url", Database(t))
	select {}
}

func TestServer_DiesWithProcess(t *testing.T) {
	if _, err := findBinaries(); errors.Is(err, errAbsent) {
		check(t, err)
	}
	if attributes(nil, true) == nil {
		t.Skip("this system can't bind a process to another")
	}
	child := exec.Command(os.Args[0], "-test.run=^TestChild$")
	child.Env = append(os.Environ(), "PGTEST_CHILD=1")
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill() }) // it is dead already, unless this test failed
	address := childAddress(t, bufio.NewScanner(output))
	if err := dial(address); err != nil {
		t.Fatalf("got %v before the kill, want a server that listens", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	awaitRefusal(t, address)

	remaining := filepath.Join(base(), fmt.Sprintf("%s%d-*", folderPrefix, child.Process.Pid))
	if found, err := filepath.Glob(remaining); err != nil || len(found) != 1 {
		t.Fatalf("got the folders %v, %v, want one", found, err)
	}
	sweep(base())
	if found, err := filepath.Glob(remaining); err != nil || len(found) != 0 {
		t.Errorf("got the folders %v, %v after the sweep, want none", found, err)
	}
}

func childAddress(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	for lines.Scan() {
		if text, found := strings.CutPrefix(lines.Text(), "url "); found {
			u, err := url.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			return u.Host
		}
	}
	t.Fatal("the child tells no URL")
	return ""
}

// awaitRefusal returns when nothing listens on address. Any other failure to
// connect may come from a server that is only busy.
func awaitRefusal(t *testing.T, address string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !errors.Is(dial(address), syscall.ECONNREFUSED) {
		select {
		case <-deadline:
			t.Fatal("the server outlives its test process")
		case <-tick.C:
		}
	}
}

func dial(address string) error {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return err
	}
	return conn.Close()
}
