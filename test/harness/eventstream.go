package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// EventStream reads server-sent events as their data, one string each; the last is "complete".
func (w *Server) EventStream(t *testing.T, token, document string, variables ...map[string]any) (*http.Response, func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	t.Cleanup(cancel)
	request := map[string]any{"query": document}
	for _, v := range variables {
		request["variables"] = v
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := w.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	return response, func() string {
		for lines.Scan() {
			if line := lines.Text(); line == "event: complete" {
				return "complete"
			} else if data, ok := strings.CutPrefix(line, "data: "); ok {
				return data
			}
		}
		return fmt.Sprint("the end: ", lines.Err())
	}
}
