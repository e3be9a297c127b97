package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authgraph/db/dbtest"
	"authgraph/test/harness"
)

// Two instances behind nginx, as docs/operations.md configures it, are restarted one after the other under load. No
// request fails.
func TestServe_RollingRestart(t *testing.T) {
	t.Parallel()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		if nginx, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			t.Skip("nginx is not installed (Debian: nginx-light)")
		}
	}
	secret, err := harness.Command(t, "", nil, "secret", "new")
	if err != nil {
		t.Fatal(err)
	}
	environ := []string{"DATABASE_URL=" + dbtest.Postgres(t), "AUTHGRAPH_SECRETS=" + strings.TrimSpace(secret), "AUTHGRAPH_LAME_DUCK=1s"}
	instances := []*harness.Program{harness.StartProgram(t, environ...), harness.StartProgram(t, environ...)}
	url := startNginx(t, nginx, instances[0].Address, instances[1].Address)

	var sent, failed atomic.Int64
	var first sync.Once
	stop := make(chan struct{})
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			client := &http.Client{Timeout: time.Minute}
			for {
				select {
				case <-stop:
					return
				default:
				}
				sent.Add(1)
				if err := askOptions(client, url); err != nil {
					failed.Add(1)
					first.Do(func() { t.Errorf("a request failed: %v", err) })
				}
			}
		})
	}
	await := func(n int64) {
		for deadline := time.Now().Add(2 * time.Minute); sent.Load() < n && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond) // the load is what is waited for
		}
	}
	await(250)
	for _, p := range instances { // in turn
		before := sent.Load()
		p.Terminate(t)
		if code, logs := p.Wait(t); code != 0 {
			t.Errorf("it ended with code %d and said %s", code, logs)
		}
		await(before + 250)
		harness.StartProgram(t, append(environ, "AUTHGRAPH_ADDR="+p.Address)...)
		await(sent.Load() + 250)
	}
	await(1250)
	close(stop)
	load.Wait()
	t.Logf("%d requests, %d failed", sent.Load(), failed.Load())
	if sent.Load() < 1000 || failed.Load() > 0 {
		t.Errorf("%d of %d requests failed, want none of at least 1000", failed.Load(), sent.Load())
	}
}

func askOptions(client *http.Client, url string) error {
	response, err := client.Post(url+"/graphql", "application/json", strings.NewReader(`{"query":"{ authOptions { registration } }"}`))
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if want := `{"data":{"authOptions":{"registration":true}}}`; err == nil && string(body) != want {
		err = fmt.Errorf("status %d: %.200s", response.StatusCode, body)
	}
	return err
}

// startNginx starts nginx with the configuration of docs/operations.md in front of two instances and returns its URL.
func startNginx(t *testing.T, nginx, one, two string) string {
	t.Helper()
	page, err := os.ReadFile(harness.Path(t, "docs/operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, site, found := strings.Cut(string(page), "```nginx\n")
	site, _, ended := strings.Cut(site, "```")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil || !found || !ended {
		t.Fatalf("docs/operations.md has no nginx configuration, or there is no port: %v", err)
	}
	address := free.Addr().String()
	for old, its := range map[string]string{
		"listen 443 ssl;": "listen " + address + ";", "server 10.0.0.11:8080": "server " + one, "server 10.0.0.12:8080": "server " + two,
		"proxy_set_header Host $host;": "proxy_set_header Host localhost;", // as development demands
	} {
		if !strings.Contains(site, old) {
			t.Fatalf("the configuration lacks %q", old)
		}
		site = strings.ReplaceAll(site, old, its)
	}
	var kept []string
	for line := range strings.Lines(site) {
		if !strings.Contains(line, "ssl_certificate") {
			kept = append(kept, line)
		}
	}
	folder := t.TempDir()
	config := filepath.Join(folder, "nginx.conf")
	text := "daemon off;\npid " + folder + "/nginx.pid;\nerror_log stderr;\nworker_processes 1;\nevents {}\nhttp {\naccess_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		text += kind + "_temp_path " + folder + "/" + kind + ";\n"
	}
	if err := os.WriteFile(config, []byte(text+strings.Join(kept, "")+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = free.Close()
	var logs bytes.Buffer
	cmd := exec.Command(nginx, "-p", folder, "-c", config)
	cmd.Stderr = &logs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("nginx said %.4000s", logs.String())
		}
	})
	url := "http://" + address
	for deadline := time.Now().Add(time.Minute); ; {
		if askOptions(http.DefaultClient, url) == nil {
			return url
		}
		if time.Now().After(deadline) {
			t.Fatalf("nginx does not serve: %s", logs.String())
		}
	}
}
