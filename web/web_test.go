package web

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func get(t *testing.T, method, target string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	if strings.HasPrefix(r.URL.Path, "/console") {
		console.ServeHTTP(w, r)
	} else {
		playground.ServeHTTP(w, r)
	}
	return w.Result()
}

var playground, console = Playground(), Console()

func page(t *testing.T, target string) string {
	t.Helper()
	body, err := io.ReadAll(get(t, "GET", target, nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func asset(t *testing.T, pattern string) string {
	t.Helper()
	found, err := fs.Glob(dist, "dist/assets/"+pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("no asset matches %s (%v)", pattern, err)
	}
	return strings.TrimPrefix(found[0], "dist")
}

func consoleAsset(t *testing.T, pattern string) string {
	t.Helper()
	found, err := fs.Glob(consoleDist, "console/dist/assets/"+pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("no asset of the console matches %s (%v)", pattern, err)
	}
	return "/console" + strings.TrimPrefix(found[0], "console/dist")
}

func TestPages(t *testing.T) {
	const immutable = "public, max-age=31536000, immutable"
	tests := []struct {
		name, method, target string
		status               int
		contentType, caching string
	}{
		{"page", "GET", "/", 200, "text/html; charset=utf-8", "no-cache"},
		{"page, head", "HEAD", "/", 200, "text/html; charset=utf-8", "no-cache"},
		{"page, with a query", "GET", "/?a=b", 200, "text/html; charset=utf-8", "no-cache"},
		{"favicon", "GET", "/favicon.svg", 200, "image/svg+xml", "no-cache"},
		{"script", "GET", asset(t, "index-*.js"), 200, "text/javascript; charset=utf-8", immutable},
		{"worker", "GET", asset(t, "worker-*.js"), 200, "text/javascript; charset=utf-8", immutable},
		{"style", "GET", asset(t, "index-*.css"), 200, "text/css; charset=utf-8", immutable},
		{"font", "GET", asset(t, "roboto-*.woff2"), 200, "font/woff2", immutable},
		{"unknown path", "GET", "/nowhere", 404, "text/plain; charset=utf-8", ""},
		{"unknown asset", "GET", "/assets/index-00000000.js", 404, "text/plain; charset=utf-8", ""},
		{"directory", "GET", "/assets/", 404, "text/plain; charset=utf-8", ""},
		{"the page under its file name", "GET", "/index.html", 404, "text/plain; charset=utf-8", ""},
		{"out of the folder", "GET", "/assets/../web.go", 404, "text/plain; charset=utf-8", ""},
		{"console without the slash", "GET", "/console", 308, "", "no-cache"},
		{"console without the slash, head", "HEAD", "/console", 308, "", "no-cache"},
		{"console", "GET", "/console/", 200, "text/html; charset=utf-8", "no-cache"},
		{"console's icon", "GET", "/console/icon.svg", 200, "image/svg+xml", "no-cache"},
		{"console's script", "GET", consoleAsset(t, "index-*.js"), 200, "text/javascript; charset=utf-8", immutable},
		{"console's style", "GET", consoleAsset(t, "index-*.css"), 200, "text/css; charset=utf-8", immutable},
		{"console, unknown path", "GET", "/console/nowhere", 404, "text/plain; charset=utf-8", ""},
		{"console, post", "POST", "/console", 405, "text/plain; charset=utf-8", ""},
		{"post", "POST", "/", 405, "text/plain; charset=utf-8", ""},
		{"post to nowhere", "POST", "/nowhere", 405, "text/plain; charset=utf-8", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := get(t, tt.method, tt.target, nil)
			if res.StatusCode != tt.status {
				t.Errorf("status: got %d, want %d", res.StatusCode, tt.status)
			}
			if got := res.Header.Get("Content-Type"); got != tt.contentType {
				t.Errorf("Content-Type: got %q, want %q", got, tt.contentType)
			}
			if got := res.Header.Get("Cache-Control"); got != tt.caching {
				t.Errorf("Cache-Control: got %q, want %q", got, tt.caching)
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options":     "nosniff",
				"Referrer-Policy":            "no-referrer",
				"Cross-Origin-Opener-Policy": "same-origin",
				"Content-Security-Policy":    policyOf(tt.target),
			} {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
			if allow := res.Header.Get("Allow"); (allow == "GET, HEAD") != (tt.status == 405) {
				t.Errorf("Allow: got %q with status %d", allow, tt.status)
			}
		})
	}
}

func policyOf(target string) string {
	if strings.HasPrefix(target, "/console") {
		return consolePolicy
	}
	return playgroundPolicy
}

func TestHeader_ContentSecurityPolicy(t *testing.T) {
	tests := []struct {
		name, policy, style string
	}{
		{"playground", playgroundPolicy, "'self' 'unsafe-inline'"},
		{"console", consolePolicy, "'self'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			directives := map[string]string{}
			for directive := range strings.SplitSeq(tt.policy, "; ") {
				name, sources, _ := strings.Cut(directive, " ")
				directives[name] = sources
			}
			for name, want := range map[string]string{
				"default-src":     "'none'",
				"script-src":      "'self'",
				"style-src":       tt.style,
				"connect-src":     "'self'",
				"frame-ancestors": "'none'",
				"base-uri":        "'none'",
				"form-action":     "'none'",
				"object-src":      "'none'",
			} {
				if got := directives[name]; got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
			for name, sources := range directives {
				if strings.Contains(sources, "unsafe") && name != "style-src" {
					t.Errorf("%s %s: only styles may be inline", name, sources)
				}
				if strings.Contains(sources, "*") || strings.Contains(sources, "http") {
					t.Errorf("%s %s: names another host", name, sources)
				}
			}
		})
	}
}

func TestCompression(t *testing.T) {
	script := asset(t, "index-*.js")
	tests := []struct {
		name, target, accept string
		want                 string
	}{
		{"accepted", script, "gzip, deflate, br", "gzip"},
		{"accepted among weights", script, "br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip"},
		{"accepted by wildcard", script, "*", "gzip"},
		{"not named", script, "br, zstd", ""},
		{"refused", script, "gzip;q=0, *", ""},
		{"malformed weight", script, "gzip;q=much", ""},
		{"no header", script, "", ""},
		{"already compressed font", asset(t, "roboto-*.woff2"), "gzip", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := get(t, "GET", tt.target, http.Header{"Accept-Encoding": {tt.accept}})
			if got := res.Header.Get("Content-Encoding"); got != tt.want {
				t.Fatalf("Content-Encoding: got %q, want %q", got, tt.want)
			}
			var body io.Reader = res.Body
			if tt.want == "gzip" {
				var err error
				if body, err = gzip.NewReader(body); err != nil {
					t.Fatal(err)
				}
			}
			got, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			want, _ := dist.ReadFile("dist" + tt.target)
			if string(got) != string(want) {
				t.Errorf("body: got %d bytes that differ from the file's %d", len(got), len(want))
			}
			varies := res.Header.Get("Vary") == "Accept-Encoding"
			if compressible := path.Ext(tt.target) == ".js"; varies != compressible {
				t.Errorf("Vary: Accept-Encoding is %t, want %t", varies, compressible)
			}
		})
	}
}

func TestRevalidation(t *testing.T) {
	plain := get(t, "GET", "/", nil).Header.Get("ETag")
	zipped := get(t, "GET", "/", http.Header{"Accept-Encoding": {"gzip"}}).Header.Get("ETag")
	if plain == zipped {
		t.Errorf("both forms of the page have the ETag %s", plain)
	}
	tests := []struct {
		name, etag, accept string
		want               int
	}{
		{"known", plain, "", 304},
		{"known, compressed", zipped, "gzip", 304},
		{"known in the other form", plain, "gzip", 200},
		{"old", `"0123456789abcdef"`, "", 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := get(t, "GET", "/", http.Header{"If-None-Match": {tt.etag}, "Accept-Encoding": {tt.accept}})
			if res.StatusCode != tt.want {
				t.Errorf("status: got %d, want %d", res.StatusCode, tt.want)
			}
		})
	}
}

var reference = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

func TestPages_OwnFiles(t *testing.T) {
	for _, target := range []string{"/", "/console/"} {
		references := reference.FindAllStringSubmatch(page(t, target), -1)
		if len(references) < 3 {
			t.Fatalf("%s: got %d references, want at least an icon, a script and a style", target, len(references))
		}
		for _, ref := range references {
			if !strings.HasPrefix(ref[1], "./") {
				t.Errorf("%s: %s is not relative to the page", target, ref[1])
			} else if res := get(t, "GET", target+strings.TrimPrefix(ref[1], "./"), nil); res.StatusCode != 200 {
				t.Errorf("%s: got %d, want 200", ref[1], res.StatusCode)
			}
		}
		// script-src has no 'unsafe-inline': such a script would be dead in the page.
		if regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(page(t, target)) {
			t.Errorf("%s holds an inline script", target)
		}
	}
}

// A redirect keeps the path that a proxy has removed, because its Location is relative (RFC 9110, 10.2.2).
func TestConsole_RedirectIsRelative(t *testing.T) {
	tests := []struct{ name, target, want string }{
		{"plain", "/console", "console/"},
		{"with a query", "/console?lang=de", "console/?lang=de"},
		{"with a query like a host", "/console?//evil.test", "console/?//evil.test"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := get(t, "GET", tt.target, nil).Header.Get("Location"); got != tt.want {
				t.Errorf("Location: got %q, want %q", got, tt.want)
			}
		})
	}
}

// Script and style files name each other relatively too: no built file has a path that begins at the root.
func TestBuiltFiles_NameNoRootPath(t *testing.T) {
	root := regexp.MustCompile("[\"'`(]/(?:console/)?(?:assets/|favicon|icon\\.svg)")
	for name, f := range load(dist, "dist", "") {
		if found := root.FindString(text(t, f)); found != "" {
			t.Errorf("%s has %s", name, found)
		}
	}
	for name, f := range load(consoleDist, "console/dist", "/console") {
		if found := root.FindString(text(t, f)); found != "" {
			t.Errorf("%s has %s", name, found)
		}
	}
}

// The budget is what a browser fetches in all, with gzip; source maps would be more than the rest together.
func TestBuiltFiles(t *testing.T) {
	tests := []struct {
		name   string
		files  map[string]*file
		budget int
	}{
		{"playground", load(dist, "dist", ""), 1_600_000},
		{"console", load(consoleDist, "console/dist", "/console"), 350_000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			total := 0
			for name, f := range tt.files {
				if f.contentType == "application/octet-stream" {
					t.Errorf("%s: its type is not in contentTypes", name)
				}
				if path.Ext(name) == ".map" || strings.Contains(text(t, f), "\n//# sourceMappingURL=") {
					t.Errorf("%s has a source map", name)
				}
				if f.compressible {
					total += len(f.gzipped())
				} else {
					total += len(text(t, f))
				}
			}
			t.Logf("%d bytes compressed", total)
			if total > tt.budget {
				t.Errorf("got %d bytes compressed, want at most %d", total, tt.budget)
			}
		})
	}
}

// A string that begins with a dot is an import, a path of a configuration or a URL next to the page.
var relativePath = regexp.MustCompile("[\"'`](\\.{1,2}/[^\"'`]*)[\"'`]")

// TestSources_ImportNothingFromExamples requires the pages and the session code to stand without the examples.
func TestSources_ImportNothingFromExamples(t *testing.T) {
	seen := 0
	for _, folder := range []string{".", "../clients/js"} {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && slices.Contains([]string{"node_modules", "dist", "test"}, entry.Name()) {
				return fs.SkipDir
			}
			if !slices.Contains([]string{".ts", ".tsx", ".json", ".html", ".css"}, path.Ext(name)) || entry.IsDir() {
				return nil
			}
			source, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			for _, found := range relativePath.FindAllStringSubmatch(string(source), -1) {
				seen++
				if strings.HasPrefix(path.Join(path.Dir(path.Join("web", name)), found[1]), "examples/") {
					t.Errorf("%s imports %s", name, found[1])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 200 {
		t.Errorf("found %d relative paths, want at least 200", seen)
	}
}

var imported = regexp.MustCompile(`(?m)^(?:import|export) .*from "([^"]+)"`)

// TestClient_ImportsNoPackage requires the session code to have no dependencies. Only the link of Apollo Client has some.
func TestClient_ImportsNoPackage(t *testing.T) {
	files, err := filepath.Glob("../clients/js/*.ts")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range imported.FindAllStringSubmatch(string(source), -1) {
			seen++
			if !strings.HasPrefix(found[1], "./") && filepath.Base(name) != "apollo.ts" {
				t.Errorf("%s imports %s", name, found[1])
			}
		}
	}
	if seen < 10 {
		t.Errorf("found %d imports, want at least 10", seen)
	}
}

func text(t *testing.T, f *file) string {
	t.Helper()
	body, err := io.ReadAll(f.content())
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// Monaco carries an old copy of DOMPurify along. The one that is bundled is the one of package-lock.json, which `npm audit` checks.
func TestBuiltFiles_DOMPurify(t *testing.T) {
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var locked struct {
		Packages map[string]struct{ Version string }
	}
	if err := json.Unmarshal(lock, &locked); err != nil {
		t.Fatal(err)
	}
	want := locked.Packages["node_modules/dompurify"].Version
	if want == "" {
		t.Fatal("package-lock.json does not name dompurify")
	}
	bundled := regexp.MustCompile("\\.version=[`'\"]([^`'\"]+)[`'\"],\\w+\\.removed=\\[\\]")
	var versions []string
	for _, f := range load(dist, "dist", "") {
		for _, found := range bundled.FindAllStringSubmatch(text(t, f), -1) {
			versions = append(versions, found[1])
		}
	}
	if len(versions) != 1 || versions[0] != want {
		t.Errorf("the built files hold DOMPurify %v, want %s alone", versions, want)
	}
}
