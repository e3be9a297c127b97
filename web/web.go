package web

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

//go:embed all:dist
var dist embed.FS

//go:embed all:console/dist
var consoleDist embed.FS

// Playground serves the page at "/" and its files next to it. Anything else is a 404, any method but GET and HEAD a 405.
// The page calls "graphql" next to itself. All its URLs are relative, so a proxy may serve it below a path.
func Playground() http.Handler {
	return site(load(dist, "dist", ""), playgroundPolicy)
}

// Console serves the page at "/console/" and its files below, and redirects "/console". The page calls "../graphql".
// All its URLs are relative, as in Playground.
func Console() http.Handler {
	pages := site(load(consoleDist, "console/dist", "/console"), consolePolicy)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/console" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			guard(w.Header(), consolePolicy)
			redirectBelow(w, r, "console/")
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// redirectBelow redirects to a sibling of the requested path. The Location is relative, unlike that of http.Redirect,
// because a proxy may have removed the beginning of the path.
func redirectBelow(w http.ResponseWriter, r *http.Request, sibling string) {
	if r.URL.RawQuery != "" {
		sibling += "?" + r.URL.RawQuery
	}
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Location", sibling)
	w.WriteHeader(http.StatusPermanentRedirect)
}

// ConsoleOperations is a manifest of all that the console asks "/graphql" for. The console has it too, as "operations.json".
func ConsoleOperations() []byte {
	manifest, err := consoleDist.ReadFile("console/dist/operations.json")
	if err != nil {
		panic("web: reading the embedded manifest: " + err.Error())
	}
	return manifest
}

func site(files map[string]*file, policy string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header(), policy)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		f, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		serve(w, r, f)
	})
}

// load finds all of a build's folder, by the path below base that each file is asked for. The files are in the binary: a
// failure to read them is a broken build, so it stops the program.
func load(fsys fs.FS, folder, base string) map[string]*file {
	files := make(map[string]*file)
	err := fs.WalkDir(fsys, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		path := strings.TrimPrefix(name, folder)
		f := newFile(fsys, name, path)
		if path == "/index.html" {
			path = "/"
		}
		files[base+path] = f
		return nil
	})
	if err != nil {
		panic("web: reading the embedded " + folder + ": " + err.Error())
	}
	return files
}

func serve(w http.ResponseWriter, r *http.Request, f *file) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	if f.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}

	content, etag := f.content(), f.etag
	if f.compressible {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Values("Accept-Encoding")) {
			content, etag = strings.NewReader(f.gzipped()), etag+"-gzip"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+etag+`"`)
	http.ServeContent(w, r, "", time.Time{}, content)
}
