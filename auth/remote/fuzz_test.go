package remote

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// FuzzReadEvents reads what an issuer sends. However it comes, it is what the specification makes of it (HTML, 9.2.6), and no
// more of it is kept than one event may have.
func FuzzReadEvents(f *testing.F) {
	f.Add("event: next\ndata: {}\n\n", 3)
	f.Add(":\n\nevent:next\r\ndata:a\r\ndata: b\r\n\r\nevent: complete\ndata\n\n", 1)
	f.Add("event: next\n"+strings.Repeat("data: "+strings.Repeat("a", 1000)+"\n", 150)+"\n", 4096)
	f.Fuzz(func(t *testing.T, text string, piece int) {
		if strings.Contains(strings.ReplaceAll(text, "\r\n", "\n"), "\r") {
			return // a line may end in a lone carriage return, which no server sends
		}
		var want []string
		complete := false
		blocks := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n")
		for i, block := range blocks {
			kind, data := "", []string(nil)
			for line := range strings.SplitSeq(block, "\n") {
				name, value, _ := strings.Cut(line, ":")
				value = strings.TrimPrefix(value, " ")
				switch name {
				case "event":
					kind = value
				case "data":
					data = append(data, value)
				}
			}
			if whole := i < len(blocks)-1; whole && !complete {
				if complete = kind == "complete"; kind == "next" {
					want = append(want, strings.Join(data, "\n"))
				}
			}
		}
		var got []string
		err := readEvents(&pieces{text, piece}, func() {}, func(data []byte) error {
			got = append(got, string(data))
			return nil
		})
		switch {
		case err == nil:
			t.Fatal("it ended without a reason")
		case errors.Is(err, errComplete) != complete && errors.Is(err, io.ErrUnexpectedEOF):
			t.Fatalf("got %v, complete: %v", err, complete)
		case errors.Is(err, errComplete) || errors.Is(err, io.ErrUnexpectedEOF):
			if !slices.Equal(got, want) {
				t.Fatalf("got %q, want %q", got, want)
			}
		case len(text) <= maxEvent/2:
			t.Fatalf("%d bytes: %v", len(text), err)
		}
		for _, event := range got {
			if len(event) > maxEvent {
				t.Fatalf("an event of %d bytes", len(event))
			}
		}
	})
}

// pieces gives a text in pieces of a size.
type pieces struct {
	text string
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), max(p.size, 1))], p.text)
	p.text = p.text[n:]
	return n, nil
}
