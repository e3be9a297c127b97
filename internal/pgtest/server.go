package pgtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	_ "github.com/lib/pq" // the driver that database names are made with
)

const (
	superuser    = "pgtest"
	startTimeout = time.Minute
)

var errEnded = errors.New("it ended instead of starting")

// server is a cluster and the process that serves it, if one runs.
type server struct {
	bin      string
	owner    *identity
	folder   *folder
	password string
	port     int
	settings []string
	names    atomic.Int64

	mu      sync.Mutex
	process *os.Process
	exited  chan struct{} // closed when process has ended
}

// durability is what a cluster keeps of what it has acknowledged.
type durability []string

var (
	// noDurability clusters may lose commits when they are stopped: commits cost least.
	noDurability = durability{"fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_wal_size=128MB"}
	// steady clusters keep them through stop, though not through a failure of the machine.
	steady = durability{"fsync=off", "full_page_writes=off"}
	// genuine clusters are as PostgreSQL comes.
	genuine = durability{}
)

// newServer makes a cluster and starts it.
func newServer(d durability) (*server, error) {
	bin, err := findBinaries()
	if err != nil {
		return nil, err
	}
	owner, err := serverOwner()
	if err != nil {
		return nil, err
	}
	sweep(base())
	folder, err := newFolder(owner)
	if err != nil {
		return nil, err
	}
	s := &server{bin: bin, owner: owner, folder: folder, password: rand.Text(), settings: append([]string{
		// CREATE DATABASE copies through the buffers: with 32 MB it took two to five times the processor time.
		"max_connections=200", "shared_buffers=128MB", "listen_addresses=127.0.0.1", "unix_socket_directories=" + folder.path,
	}, d...)}
	err = s.initialize()
	if err == nil {
		err = s.startOnFreePort()
	}
	if err != nil {
		return nil, errors.Join(err, folder.remove())
	}
	return s, nil
}

// initialize runs initdb. The password keeps other users of the machine from
// a superuser who can run programs.
func (s *server) initialize() error {
	secret := s.folder.file("password")
	if err := os.WriteFile(secret, []byte(s.password), 0o600); err != nil {
		return err
	}
	if s.owner != nil {
		if err := os.Chown(secret, s.owner.uid, s.owner.gid); err != nil {
			return err
		}
	}
	cmd := s.command("initdb", "--pgdata="+s.folder.file("data"), "--username="+superuser,
		"--pwfile="+secret, "--auth=scram-sha-256", "--locale=C", "--encoding=UTF8", "--no-sync")
	cmd.SysProcAttr = attributes(s.owner, false)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

// command leaves out the variables that would change what the server does.
func (s *server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(s.bin+"/"+name, args...)
	cmd.Dir = s.folder.path // the tests' own may be closed to the server's owner
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "PG") && !strings.HasPrefix(entry, "LC_") && !strings.HasPrefix(entry, "LANG") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	return cmd
}

// startOnFreePort tries several ports, as another process may take one
// between the look and the start.
func (s *server) startOnFreePort() error {
	var err error
	for range 5 {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if err = s.start(); !errors.Is(err, errEnded) {
			return err
		}
	}
	return err
}

// freePort returns a port below those that systems hand out to clients, so
// that no connection takes it while the server is stopped.
func freePort() (int, error) {
	var err error
	for range 50 {
		port := 20000 + int(randomUint16())%10000
		var listener net.Listener
		listener, err = net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, err
}

func randomUint16() uint16 {
	var b [2]byte
	_, _ = rand.Read(b[:]) // never fails
	return uint16(b[0])<<8 | uint16(b[1])
}

// start serves on the port and returns when connections are accepted.
func (s *server) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		return errors.New("the server runs already")
	}
	args := []string{"-D", s.folder.file("data"), "-p", strconv.Itoa(s.port)}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	cmd := s.command("postgres", args...)
	cmd.SysProcAttr = attributes(s.owner, true)
	log, err := os.Create(s.folder.file("log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log

	s.exited = make(chan struct{})
	started := make(chan error)
	go func() {
		// The server dies with the thread that starts it, so that thread has
		// to stay for as long as the server runs.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended, its log tells better
			close(s.exited)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	s.process = cmd.Process
	if err := s.await(); err != nil {
		s.end()
		logged, _ := os.ReadFile(s.folder.file("log"))
		return fmt.Errorf("postgres: %w\n%s", err, logged)
	}
	return nil
}

// await returns when the server answers.
func (s *server) await() error {
	db, err := sql.Open("postgres", s.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		failure := db.PingContext(ctx)
		if failure == nil {
			return nil
		}
		select {
		case <-s.exited:
			return errEnded
		case <-ctx.Done():
			return fmt.Errorf("it doesn't answer after %v: %w", startTimeout, failure)
		case <-tick.C:
		}
	}
}

// stop ends the server as a crash would: without farewell to its clients.
func (s *server) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return errors.New("the server doesn't run")
	}
	s.end()
	return nil
}

func (s *server) end() {
	_ = s.process.Signal(syscall.SIGQUIT) // fails only if it has ended
	<-s.exited
	s.process = nil
}

func (s *server) url(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, s.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}
