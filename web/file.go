package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"
)

// file is one file of the playground or the console. Its gzip form is made when it is first asked for and then kept: about 0.3 s of one
// core for all of them, once in the life of a process, against a second copy of everything in the repository.
type file struct {
	from         fs.FS // in the binary, which is where its bytes stay
	name         string
	etag         string
	contentType  string
	compressible bool
	immutable    bool // the content under this name never changes
	gzipped      func() string
}

// Written out, because mime.TypeByExtension reads the tables of the machine it runs on.
var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".md":    "text/markdown; charset=utf-8",
	".svg":   "image/svg+xml",
	".ttf":   "font/ttf",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

func newFile(from fs.FS, name, asked string) *file {
	ext := path.Ext(name)
	contentType, ok := contentTypes[ext]
	if !ok {
		contentType = "application/octet-stream"
	}
	f := &file{
		from: from, name: name,
		contentType:  contentType,
		compressible: ok && ext != ".woff2",
		// Vite puts a hash of the content into every name under assets/, and nowhere else.
		immutable: strings.HasPrefix(asked, "/assets/"),
	}
	sum := sha256.New()
	f.copyTo(sum)
	f.etag = hex.EncodeToString(sum.Sum(nil)[:12])
	f.gzipped = sync.OnceValue(f.compress)
	return f
}

// content reads the file where it is. A failure is a broken build, so it stops the program.
func (f *file) content() io.ReadSeeker {
	opened, err := f.from.Open(f.name)
	if err != nil {
		panic("web: reading the embedded " + f.name + ": " + err.Error())
	}
	return opened.(io.ReadSeeker) // as every file of embed is; there is nothing to close
}

func (f *file) copyTo(w io.Writer) {
	if _, err := io.Copy(w, f.content()); err != nil {
		panic("web: reading the embedded " + f.name + ": " + err.Error())
	}
}

func (f *file) compress() string {
	var out bytes.Buffer
	// A valid level and a buffer in memory: neither can fail.
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	f.copyTo(w)
	_ = w.Close()
	return out.String()
}

// acceptsGzip reads Accept-Encoding (RFC 9110, section 12.5.3). "gzip;q=0" is a refusal, even next to "*".
func acceptsGzip(values []string) bool {
	wildcard := false
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		coding, params, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return weight(params) > 0
		case "*":
			wildcard = weight(params) > 0
		}
	}
	return wildcard
}

// weight is the q of one coding: 1 when it is left out, 0 when it makes no sense.
func weight(params string) float64 {
	name, value, found := strings.Cut(params, "=")
	if !found {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 0
	}
	return q
}
