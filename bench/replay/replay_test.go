package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// served is what a server of the test answers.
type served struct {
	status        int
	header, path  string
	message, id   string
	retryAfter    int
	data          string
	frame, reason string
	code          websocket.StatusCode
}

func (s served) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "" {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"graphql-transport-ws"}})
		if err != nil {
			return
		}
		_ = c.Write(r.Context(), websocket.MessageText, []byte(s.frame)) // the client notices
		_ = c.Close(s.code, s.reason)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", s.header)
	w.WriteHeader(s.status)
	fmt.Fprintf(w, `{"errors":[{"message":%q,"path":[%q],"extensions":{"code":"FORBIDDEN","retryAfter":%d}}],"data":%s}`,
		s.message, s.path, s.retryAfter, fmt.Sprintf(s.data, s.id))
}

// TestCompareAll proves that a changed answer is a difference. Another message, id, time or second is not.
func TestCompareAll(t *testing.T) {
	sections, err := parse("server test\n\nquery\nquery { a }\nsave id data.id\n\n" +
		"query by the id\nquery { a(id: \"{{id}}\") }\n\nsocket\nstream socket\n")
	if err != nil {
		t.Fatal(err)
	}
	base := served{
		200, "no-store", "a", "No", "user_01m8p4tj1tf91vy9626tjpxekc", 8, `{"id":%q,"b":1,"at":"2026-11-30T11:53:11.995Z"}`,
		`{"type":"error","payload":[{"message":"No"}]}`, "SESSION_ENDED", 4401,
	}
	for _, row := range []struct {
		name   string
		change func(*served)
		want   string // "": no difference
	}{
		{"nothing", func(*served) {}, ""},
		{"message", func(s *served) { s.message, s.frame = "Not so", strings.ReplaceAll(s.frame, "No", "Not so") }, ""},
		{"id and time", func(s *served) {
			s.id, s.data = "user_01m8p4tj1tf91vy9626tjpxekd", strings.ReplaceAll(s.data, ".995", "")
		}, ""},
		{"a second", func(s *served) { s.retryAfter = 7 }, ""},
		{"many seconds", func(s *served) { s.retryAfter = 60 }, `errors[0].extensions.retryAfter: base 8, head 60`},
		{"status", func(s *served) { s.status = 400 }, `status: base "200", head "400"`},
		{"header", func(s *served) { s.header = "public" }, `header Cache-Control: base "no-store", head "public"`},
		{"path", func(s *served) { s.path = "b" }, `errors[0].path[0]: base "a", head "b"`},
		{"value", func(s *served) { s.data = strings.ReplaceAll(s.data, "1,", "2,") }, `data.b: base 1, head 2`},
		{"type of a value", func(s *served) { s.data = strings.ReplaceAll(s.data, "1,", `"1",`) }, `data.b: base 1, head "1"`},
		{"value that is left out", func(s *served) { s.data = strings.ReplaceAll(s.data, `"b":1,`, "") }, `data.b: base 1, head has none`},
		{"order", func(s *served) { s.data = `{"b":1,"id":%q,"at":"2026-11-30T11:53:11.995Z"}` }, "the order of values differs"},
		{"frame", func(s *served) { s.frame = `{"type":"next"}` }, `frame[0].type: base "error", head "next"`},
		{"closing code", func(s *served) { s.code = 4403 }, `close code: base "4401", head "4403"`},
		{"closing reason", func(s *served) { s.reason = "TOKEN_EXPIRED" }, `close reason: base "SESSION_ENDED", head "TOKEN_EXPIRED"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			head := base
			row.change(&head)
			var sides [2]*side
			for i, s := range []served{base, head} {
				server := httptest.NewServer(s)
				t.Cleanup(server.Close)
				sides[i] = newSide(server.Listener.Addr().String())
			}
			var out strings.Builder
			total, different, err := compareAll(t.Context(), sides, sections[0].requests, &out, false)
			if err != nil || total != 3 {
				t.Fatalf("got %d requests, %v, want 3", total, err)
			}
			if different > 0 != (row.want != "") || !strings.Contains(out.String(), row.want) {
				t.Errorf("got %d differences\n%s\nwant %q", different, out.String(), row.want)
			}
		})
	}
}
