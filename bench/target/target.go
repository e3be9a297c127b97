// Package target builds and runs the servers that are measured, each as a process of its own.
package target

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Password is that of every account that a benchmark makes.
const Password = "correct horse battery staple"

// Production is the environment of this server as it would be in production, but for TLS, which a proxy in front of it
// ends, and with access tokens that outlast a measurement. Its secret is for this process and those that it starts.
func Production(dir string) []string {
	return []string{
		"AUTHGRAPH_MODE=production", "AUTHGRAPH_ADDR={address}", "AUTHGRAPH_ISSUER=https://accounts.example.com",
		"AUTHGRAPH_SECRETS=bench:" + secret, "AUTHGRAPH_DATA_DIR=" + dir, "AUTHGRAPH_ACCESS_TOKEN_TTL=1h",
		"AUTHGRAPH_RATE_LIMITS=false", "AUTHGRAPH_MEMORY=8589934592", // a single address and few accounts stand for many
	}
}

var secret = func() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails: crypto/rand
	return base64.StdEncoding.EncodeToString(key)
}()

// Server is a process that listens on Address.
type Server struct {
	Address string
	cmd     *exec.Cmd
	log     *os.File
}

// ReadyInterval is how often it is looked whether a server that starts is ready.
const ReadyInterval = 2 * time.Millisecond

// Start runs a program that listens on the address, which stands for {address} in its arguments and environment, and
// returns when its path answers 200. Its output goes to a file in dir.
func Start(ctx context.Context, dir, name string, environ []string, ready string, args ...string) (*Server, error) {
	address, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	s := &Server{Address: address}
	if s.log, err = os.Create(filepath.Join(dir, name+".log")); err != nil {
		return nil, err
	}
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "{address}", s.Address)
	}
	s.cmd = exec.CommandContext(ctx, args[0], args[1:]...)
	s.cmd.Stdout, s.cmd.Stderr, s.cmd.Env = s.log, s.log, os.Environ()
	for _, e := range environ {
		s.cmd.Env = append(s.cmd.Env, strings.ReplaceAll(e, "{address}", s.Address))
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(ReadyInterval) {
		response, err := http.Get("http://" + s.Address + ready)
		if err == nil && errors.Join(response.Body.Close()) == nil && response.StatusCode == http.StatusOK {
			return s, nil
		}
	}
	said, _ := os.ReadFile(s.log.Name())
	return nil, errors.Join(fmt.Errorf("%s is not ready: %s", name, said), s.Stop())
}

// FreeAddress returns an address of this machine that no process listens on.
func FreeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// Stop ends the process with SIGTERM.
func (s *Server) Stop() error {
	err := s.cmd.Process.Signal(syscall.SIGTERM)
	if waited := s.cmd.Wait(); err == nil {
		err = waited
	}
	return errors.Join(err, s.log.Close())
}

// PID is the number of the process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// CPU is how long the process has computed. It is known once the process has ended.
func (s *Server) CPU() time.Duration {
	if s.cmd.ProcessState == nil {
		return 0
	}
	return s.cmd.ProcessState.UserTime() + s.cmd.ProcessState.SystemTime()
}

// Build compiles this module's program into dir and returns its path.
func Build(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "authgraph")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
}

// Instances starts n servers of this program as one: on one database, and otherwise in the same environment.
func Instances(ctx context.Context, dir, program string, n int, environ ...string) (servers []*Server, err error) {
	for i := range n {
		s, err := Start(ctx, dir, fmt.Sprint("instance", i), environ, "/readyz", program)
		if err != nil {
			return nil, errors.Join(err, StopAll(servers))
		}
		servers = append(servers, s)
	}
	return servers, nil
}

// StopAll ends the processes of servers.
func StopAll(servers []*Server) (err error) {
	for _, s := range servers {
		err = errors.Join(err, s.Stop())
	}
	return err
}

// Administrator makes an account with the role admin, at the machine, before the server starts.
func Administrator(ctx context.Context, program string, environ []string, email string) error {
	for _, args := range [][]string{
		{"migrate"}, {"user", "create", "--email", email, "--role", "admin", "--password-stdin"},
	} {
		command := exec.CommandContext(ctx, program, args...)
		command.Env, command.Stdin = os.Environ(), strings.NewReader(Password+"\n")
		for _, e := range environ {
			command.Env = append(command.Env, strings.ReplaceAll(e, "{address}", "127.0.0.1:0"))
		}
		if out, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", args[0], err, out)
		}
	}
	return nil
}

// Query sends one GraphQL request and returns the answer's body.
func (s *Server) Query(document, bearer string, variables map[string]any) ([]byte, error) {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequest(http.MethodPost, "http://"+s.Address+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// Raw is the whole request that asks for a document: what an Apollo client sends, less what no server looks at.
func (s *Server) Raw(document, bearer string) []byte {
	body, _ := json.Marshal(map[string]string{"query": document}) // it never fails: strings
	return fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"Accept: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
		s.Address, bearer, len(body), body)
}

// Register makes an account and returns its access token.
func (s *Server) Register(email string) (token string, err error) {
	body, err := s.Query(`mutation($i: RegisterInput!) { register(input: $i) { accessToken } }`, "", map[string]any{
		"i": map[string]any{"email": email, "password": Password},
	})
	if err != nil {
		return "", err
	}
	var got struct {
		Data struct{ Register struct{ AccessToken string } }
	}
	if err := json.Unmarshal(body, &got); err != nil || got.Data.Register.AccessToken == "" {
		return "", fmt.Errorf("register answered %s", body)
	}
	return got.Data.Register.AccessToken, nil
}
