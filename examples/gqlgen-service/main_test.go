package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth/remote"
	"example.com/notes/graph"
	"example.com/notes/graph/generated"
	"example.com/notes/note"
)

const password = "correct horse battery staple"

// issuer is a real authgraph, built from the source of this repository.
type issuer struct {
	url     string
	environ []string
	program string
	server  *exec.Cmd
}

func startIssuer(t *testing.T) *issuer {
	t.Helper()
	dir := t.TempDir()
	i := &issuer{program: filepath.Join(dir, "authgraph")}
	build := exec.Command("go", "build", "-o", i.program, ".")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the issuer: %v\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	i.url = "http://" + address
	i.environ = append(os.Environ(), "AUTHGRAPH_ADDR="+address, "AUTHGRAPH_DATA_DIR="+filepath.Join(dir, "data"))
	i.server = exec.Command(i.program, "serve")
	i.server.Env = i.environ
	if err := i.server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.stop)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, i.url+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK {
			return i
		}
		if ctx.Err() != nil {
			t.Fatal("the issuer is not ready")
		}
	}
}

// stop is as often as one likes.
func (i *issuer) stop() {
	if i.server.ProcessState == nil {
		_ = i.server.Process.Signal(syscall.SIGTERM)
		_ = i.server.Wait()
	}
}

// signIn registers an account, or logs it in, and returns its access token.
func (i *issuer) signIn(t *testing.T, mutation, email string) string {
	t.Helper()
	kind := strings.ToUpper(mutation[:1]) + mutation[1:] + "Input"
	_, body := post(t, i.url+"/graphql", "", `mutation($i: `+kind+`!) { signIn: `+mutation+`(input: $i) { accessToken } }`,
		map[string]any{"i": map[string]any{"email": email, "password": password}})
	var got struct {
		Data struct{ SignIn struct{ AccessToken string } }
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.Data.SignIn.AccessToken == "" {
		t.Fatalf("%s answered %s", mutation, body)
	}
	return got.Data.SignIn.AccessToken
}

func (i *issuer) admin(t *testing.T) string {
	t.Helper()
	create := exec.Command(i.program, "user", "create", "--email", "root@example.com", "--role", "admin", "--password-stdin")
	create.Env, create.Stdin = i.environ, strings.NewReader(password+"\n")
	if out, err := create.CombinedOutput(); err != nil {
		t.Fatalf("user create: %v\n%s", err, out)
	}
	return i.signIn(t, "login", "root@example.com")
}

func post(t *testing.T, url, token, document string, variables map[string]any) (int, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// service starts the notes with one note of the account that token speaks for.
func service(t *testing.T, i *issuer, environ ...string) string {
	t.Helper()
	s := load(func(name string) string {
		for _, e := range append(environ, "ISSUER="+i.url) {
			if value, ok := strings.CutPrefix(e, name+"="); ok {
				return value
			}
		}
		return ""
	})
	h, err := newHandler(t.Context(), generated.Config{Resolvers: &graph.Resolver{Store: &note.Store{}}}, remote.New(s.keysURL), s)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// signed returns a token with the claims of token, changed, and signed with a key of the test's own under token's kid.
func signed(t *testing.T, token string, change func(jwt.MapClaims)) string {
	t.Helper()
	claims := jwt.MapClaims{}
	parsed, _, err := jwt.NewParser().ParseUnverified(token, claims)
	if err != nil {
		t.Fatal(err)
	}
	change(claims)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	forged := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	forged.Header["typ"], forged.Header["kid"] = parsed.Header["typ"], parsed.Header["kid"]
	text, err := forged.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestFields_ByCaller(t *testing.T) {
	i := startIssuer(t)
	url := service(t, i)
	ada, bob, root := i.signIn(t, "register", "ada@example.com"), i.signIn(t, "register", "bob@example.com"), i.admin(t)
	_, body := post(t, url, ada, `mutation { addNote(input: {title: "t", text: "x", remark: "r"}) { note { id remark } } }`, nil)
	var added struct {
		Data struct {
			AddNote struct{ Note struct{ ID, Remark string } }
		}
	}
	if err := json.Unmarshal([]byte(body), &added); err != nil || added.Data.AddNote.Note.Remark != "r" {
		t.Fatalf("addNote answered %s", body)
	}
	callers := map[string]string{
		"nobody": "", "owner": ada, "another": bob, "admin": root,
		"forged":     signed(t, ada, func(jwt.MapClaims) {}),
		"made admin": signed(t, bob, func(c jwt.MapClaims) { c["roles"] = []string{"admin"} }),
		"nonsense":   "nonsense",
	}
	const none, forbidden = "", "FORBIDDEN"
	const missing, invalid = "TOKEN_MISSING", "TOKEN_INVALID"
	fields := map[string]map[string]string{
		`{ motd }`: {"nobody": none, "owner": none, "another": none, "admin": none, "forged": none, "made admin": none, "nonsense": none},
		`{ notes { id title } }`: {"nobody": missing, "owner": none, "another": none, "admin": none,
			"forged": invalid, "made admin": invalid, "nonsense": invalid},
		`{ notes { text } }`: {"nobody": missing, "owner": none, "another": forbidden, "admin": none,
			"forged": invalid, "made admin": invalid, "nonsense": invalid},
		`{ note(id: "ID") { a: text } }`: {"nobody": missing, "owner": none, "another": forbidden, "admin": none,
			"forged": invalid, "made admin": invalid, "nonsense": invalid},
		`{ note(id: "ID") { ...f } } fragment f on Note { remark }`: {"nobody": missing, "owner": none, "another": forbidden,
			"admin": forbidden, "forged": invalid, "made admin": invalid, "nonsense": invalid},
		`{ noteCount }`: {"nobody": missing, "owner": forbidden, "another": forbidden, "admin": none,
			"forged": invalid, "made admin": invalid, "nonsense": invalid},
		`mutation { deleteMyNotes { deletedIds } }`: {"nobody": missing, "another": none, "admin": none,
			"forged": invalid, "made admin": invalid, "nonsense": invalid},
	}
	for document, want := range fields {
		for caller, code := range want {
			_, body := post(t, url, callers[caller], strings.ReplaceAll(document, "ID", added.Data.AddNote.Note.ID), nil)
			if code == none && strings.Contains(body, "errors") {
				t.Errorf("%s by %s: got %s, want code %q", document, caller, body, code)
			} else if code != none && !strings.Contains(body, `"`+code+`"`) {
				t.Errorf("%s by %s: got %s, want code %q", document, caller, body, code)
			}
		}
	}
}

// A session that ends at the issuer ends here, although its token would be valid for minutes more, without a request to the issuer.
func TestSessionEnds(t *testing.T) {
	i := startIssuer(t)
	i.admin(t)
	url := service(t, i, "ISSUER_ACCOUNT=root@example.com", "ISSUER_PASSWORD="+password)
	ada := i.signIn(t, "register", "ada@example.com")
	if _, body := post(t, url, ada, `{ notes { id } }`, nil); body != `{"data":{"notes":[]}}` {
		t.Fatalf("got %s", body)
	}
	if _, body := post(t, i.url+"/graphql", ada, `mutation { logout { endedSessionIds } }`, nil); !strings.Contains(body, "session_") {
		t.Fatalf("logout answered %s", body)
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		_, body := post(t, url, ada, `{ notes { id } }`, nil)
		if strings.Contains(body, `"SESSION_ENDED"`) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("long after the logout: %s", body)
		}
	}
}

// While the issuer is away, its keys are kept: no caller is signed out.
func TestIssuer_Away(t *testing.T) {
	i := startIssuer(t)
	url := service(t, i)
	ada := i.signIn(t, "register", "ada@example.com")
	if _, body := post(t, url, ada, `{ notes { id } }`, nil); body != `{"data":{"notes":[]}}` {
		t.Fatalf("got %s", body)
	}
	fresh := service(t, i) // has not asked for the keys yet
	i.stop()
	if _, body := post(t, url, ada, `{ notes { id } }`, nil); body != `{"data":{"notes":[]}}` {
		t.Errorf("with the issuer away: %s", body)
	}
	if _, body := post(t, fresh, ada, `{ notes { id } }`, nil); !strings.Contains(body, `"SERVICE_UNAVAILABLE"`) {
		t.Errorf("with no keys at all: %s", body)
	}
}

// A root field without @auth or @public stops the service.
func TestUnguarded(t *testing.T) {
	var sources []*ast.Source
	for _, name := range []string{"schema.graphqls", "../../auth/auth.graphqls"} {
		sdl, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		const guarded, bare = "noteCount: Int @auth(permissions: [NOTES_READ_ALL])", "noteCount: Int"
		sources = append(sources, &ast.Source{Name: name, Input: strings.Replace(string(sdl), guarded, bare, 1)})
	}
	schema, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatal(err)
	}
	s := load(os.Getenv)
	_, err = newHandler(t.Context(), generated.Config{Schema: schema, Resolvers: &graph.Resolver{}}, remote.New(s.keysURL), s)
	if err == nil || !strings.Contains(err.Error(), "Query.noteCount: has neither @auth nor @public") {
		t.Errorf("got %v, want the field to be named", err)
	}
}

// Each fault of the settings or of the table of permissions is named, at the start or in the log.
func TestFaults(t *testing.T) {
	s := load(func(string) string { return "" })
	start := func(change func(*settings)) error {
		changed := s
		change(&changed)
		_, err := newHandler(t.Context(), generated.Config{Resolvers: &graph.Resolver{}}, remote.New(changed.keysURL), changed)
		return err
	}
	if err := start(func(*settings) {}); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		change func(*settings)
		want   string
	}{
		"no issuer":            {func(s *settings) { s.issuer = "" }, "no issuer"},
		"keys by plain http":   {func(s *settings) { s.keysURL = "http://accounts.example.com/keys" }, "plain http"},
		"a feed by plain http": {func(s *settings) { s.account, s.endpoint = "a@example.com", "http://accounts.example.com/graphql" }, "plain http"},
	} {
		if err := start(row.change); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %q", name, err, row.want)
		}
	}
	permissions["user"] = append(permissions["user"], "NOTES_WRIET")
	err := start(func(*settings) {})
	permissions["user"] = permissions["user"][:1]
	if err == nil || !strings.Contains(err.Error(), `role "user": permission "NOTES_WRIET" is not in the enum Permission`) {
		t.Errorf("an unknown permission: got %v", err)
	}

	i := startIssuer(t)
	log := logged(t)
	s = load(func(name string) string { return map[string]string{"ISSUER": i.url}[name] })
	checkIssuer(t.Context(), remote.New(s.keysURL), s)
	if text := log.String(); text != "" {
		t.Errorf("an issuer that fits: got %q", text)
	}
	token := i.signIn(t, "register", "ada@example.com")
	url := service(t, i, "AUDIENCE=https://other.test")
	if _, body := post(t, url, token, `{ notes { id } }`, nil); !strings.Contains(body, "TOKEN_INVALID") {
		t.Errorf("another audience: got %s", body)
	}
	s.issuer = strings.Replace(i.url, "127.0.0.1", "localhost", 1)
	checkIssuer(t.Context(), remote.New(s.keysURL), s)
	s.keysURL += "/nonsense"
	checkIssuer(t.Context(), remote.New(s.keysURL), s)
	for _, want := range []string{
		"the audience", "https://other.test", `is \"` + i.url + `\", not \"` + s.issuer, s.keysURL + ": HTTP status 404",
	} {
		if text := log.String(); !strings.Contains(text, want) {
			t.Errorf("got %q, want %q in it", text, want)
		}
	}
}

// logged returns what the default logger, and with it package log, writes until the test ends.
func logged(t *testing.T) *lockedBuffer {
	t.Helper()
	before, flags, writer := slog.Default(), log.Flags(), log.Writer()
	b := &lockedBuffer{}
	slog.SetDefault(slog.New(slog.NewTextHandler(b, nil)))
	t.Cleanup(func() { slog.SetDefault(before); log.SetFlags(flags); log.SetOutput(writer) })
	return b
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
