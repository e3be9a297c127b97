package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"authgraph/internal/prove"
	"authgraph/test/harness"
)

// maxResident is what a server may hold at its peak under any flood, in bytes, if GOMEMLIMIT is 256 MiB.
const maxResident = 300 << 20

// flood is requests that make a server hold memory. Each is sent on a connection of its own, and its answer is not read.
type flood struct {
	name string
	n    int                // connections
	text func(n int) string // the bytes that connection n sends
}

// post returns a request with a body. With more than length bytes announced, the server waits for the rest.
func post(n int, token, body string, announced int) string {
	authorization := ""
	if token != "" {
		authorization = "Authorization: Bearer " + token + "\r\n"
	}
	return fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: %s\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		floodAddress(n), authorization, announced, body)
}

// floodAddress returns an address in the /64 with number n of a /32.
func floodAddress(n int) string { return fmt.Sprintf("2001:db8:%x:%x::1", n%8, n) }

func graphQL(document string, variables any) string {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// floods are the ways to make a server hold memory. token is a signed-in attacker's.
func floods(token string) []flood {
	whole := func(n int, token, body string) string { return post(n, token, body, len(body)) }
	long := strings.Repeat("x", 250)
	names := make([]string, 100)
	for i := range names {
		names[i] = long
	}
	coordinates := make([]string, 100)
	for i := range coordinates {
		coordinates[i] = "Mutation.revokeUserSessions"
	}
	manyCan := `query($f: [String!]!) {` + aliases(95, "can(fields: $f) { field allowed code }") + `}`
	values := strings.Repeat(`{"a":0},`, 8000)
	deep := `{ __schema { types { name description fields { name description args { name description type { name ofType { name } } } type { name fields { name description } } } } } }`
	return []flood{
		{"can with long names", 200, func(n int) string { return whole(n, "", graphQL(manyCan, map[string]any{"f": names})) }},
		{"can with coordinates", 200, func(n int) string { return whole(n, "", graphQL(manyCan, map[string]any{"f": coordinates})) }},
		{"many values", 300, func(n int) string {
			return whole(n, "", `{"query":"{__typename}","variables":{"v":[`+strings.TrimSuffix(values[:60000/8*8], ",")+`]}}`)
		}},
		{"bodies without their last byte", 400, func(n int) string {
			body := `{"query":"{__typename} #` + strings.Repeat("x", 63<<10)
			return post(n, "", body, len(body)+1)
		}},
		{"bodies in chunks without an end", 400, func(n int) string {
			return fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: %s\r\nContent-Type: application/json\r\n"+
				"Transfer-Encoding: chunked\r\n\r\nf000\r\n%s\r\n", floodAddress(n), strings.Repeat(" ", 0xf000))
		}},
		{"introspection", 80, func(n int) string { return whole(n, "", graphQL(deep, nil)) }},
		{"aliases of __typename", 200, func(n int) string { return whole(n, "", graphQL(`{`+aliases(100, "__typename")+`}`, nil)) }},
		{"long aliases", 200, func(n int) string {
			return whole(n, token, graphQL(`{ `+strings.Repeat("y", 60000)+`: me { id } }`, nil))
		}},
		{"errors", 200, func(n int) string {
			return whole(n, "", graphQL(`{`+aliases(95, "me { id }")+`}`, nil))
		}},
		{"documents that differ", 1500, func(n int) string {
			return whole(n, "", graphQL(fmt.Sprintf("query Q%d {%s}", n, aliases(90, "authOptions { password }")), nil))
		}},
		{"signed in: everything of everybody", 200, func(n int) string {
			return whole(n, token, graphQL(`{ me { sessions(first: 100) { edges { cursor node { id createdAt userAgent impersonator { sessions(first: 90) { edges { node { id } } } } } } } } }`, nil))
		}},
		{"headers without an end", 1000, func(n int) string {
			return "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + strings.Repeat("a", 12<<10)
		}},
		{"idle connections", 1500, func(n int) string { return "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" }},
		{"sockets that say nothing", 2000, func(n int) string { return socketHandshake(n) }},
		{"sockets with half a message", 2000, func(n int) string {
			init := `{"type":"connection_init"}`
			message := `{"type":"ping","payload":{"a":"` + strings.Repeat("x", 62<<10)
			return socketHandshake(n) + socketFrame(init, len(init)) + socketFrame(message, len(message)+3)
		}},
		{"sockets with many values", 2000, func(n int) string {
			init := `{"type":"connection_init","payload":{"a":[` + strings.TrimSuffix(strings.Repeat("[],", 20000), ",") + `]}}`
			ping := strings.Replace(init, "connection_init", "ping", 1)
			return socketHandshake(n) + socketFrame(ping, len(ping)) + socketFrame(init, len(init)) + socketFrame(ping, len(ping))
		}},
		{"event streams", 300, func(n int) string {
			body := graphQL(`{ __schema { types { name description } } }`, nil)
			return strings.Replace(whole(n, "", body), "Content-Type", "Accept: text/event-stream\r\nContent-Type", 1)
		}},
	}
}

func socketHandshake(n int) string {
	return "GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nX-Forwarded-For: " + floodAddress(n) + "\r\n\r\n"
}

// socketFrame returns the beginning of a text message of length bytes, masked by zeros (RFC 6455, 5.2).
func socketFrame(text string, length int) string {
	header := []byte{0x81, 0x80 | 127, 9: 0}
	binary.BigEndian.PutUint64(header[2:], uint64(length))
	return string(header) + "\x00\x00\x00\x00" + text
}

// open sends the flood and returns a function that ends it.
func (f flood) open(t *testing.T, address string) (end func()) {
	t.Helper()
	var mu sync.Mutex
	var all []net.Conn
	var sending sync.WaitGroup
	turns := make(chan int)
	for range 64 {
		sending.Go(func() {
			for n := range turns {
				conn, err := net.DialTimeout("tcp", address, 10*time.Second)
				if err != nil {
					continue // the server may refuse it
				}
				_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
				_ = conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
				_, _ = io.WriteString(conn, f.text(n))
				mu.Lock()
				all = append(all, conn)
				mu.Unlock()
			}
		})
	}
	for n := range f.n {
		turns <- n
	}
	close(turns)
	sending.Wait()
	return func() {
		for _, conn := range all {
			_ = conn.Close()
		}
	}
}

// resident returns the largest resident memory that a process has had, in bytes.
func resident(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		if text, found := strings.CutPrefix(lines.Text(), "VmHWM:"); found {
			kibibytes, err := strconv.Atoi(strings.Fields(text)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kibibytes << 10
		}
	}
	t.Fatal("the kernel does not tell the peak of the memory")
	return 0
}

// servedDuring asks for `me` n times and fails unless each answer is right.
func servedDuring(t *testing.T, p *harness.Program, during, token string, n int) {
	t.Helper()
	for range n {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.BaseURL+"/graphql", strings.NewReader(`{"query":"{ me { email } }"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("X-Forwarded-For", "192.0.2.1")
		response, err := p.HTTP.Do(request)
		if err != nil {
			t.Fatalf("%s: me: %v", during, err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		cancel()
		if want := `{"data":{"me":{"email":"ada@example.com"}}}`; err != nil || string(body) != want {
			t.Errorf("%s: me: got %d %s %v, want %s", during, response.StatusCode, body, err, want)
		}
	}
}

// TestMemory_Floods proves that no flood makes a server hold more than maxResident, and that a signed-in client is served
// throughout each flood and all of them at once.
func TestMemory_Floods(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the peak of the memory is read from /proc")
	}
	if harness.UnderRace {
		t.Skip("the race detector takes several times the memory of the program")
	}
	p := harness.StartProgram(t, "GOMEMLIMIT=256MiB", "AUTHGRAPH_TRUSTED_PROXIES=127.0.0.1", "AUTHGRAPH_ACCESS_TOKEN_TTL=1h")
	ada := p.Register(t, "ada@example.com", harness.Password)
	eve := p.Register(t, "eve@example.com", harness.Password)
	scale := prove.Size(4, 1)
	var ends []func()
	begun := time.Now()
	for _, f := range floods(eve.Token) {
		f.n /= scale
		end := f.open(t, p.Address)
		servedDuring(t, p, f.name, ada.Token, 5)
		peak := resident(t, p.Process.Pid)
		t.Logf("%s: peak %d MiB after %v", f.name, peak>>20, time.Since(begun).Round(time.Millisecond))
		if peak > maxResident {
			t.Errorf("%s: the server held %d MiB, want at most %d", f.name, peak>>20, maxResident>>20)
		}
		ends = append(ends, end)
		if len(ends) > 4 { // some floods overlap
			ends[0]()
			ends = ends[1:]
		}
	}
	for _, end := range ends {
		end()
	}
	servedDuring(t, p, "afterwards", ada.Token, 5)
}
