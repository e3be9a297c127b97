package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHealth_Unready(t *testing.T) {
	for _, row := range []struct {
		name   string
		err    error
		status int
		body   string
	}{
		{"ready", nil, http.StatusOK, "ok\n"},
		{"a reason", Unready("the server stops"), http.StatusServiceUnavailable, "not ready: the server stops\n"},
		{"a reason, wrapped", fmt.Errorf("10.0.0.1: %w", Unready("the server stops")), http.StatusServiceUnavailable, "not ready: the server stops\n"},
		{"another error", errors.New("dial 10.0.0.1: refused"), http.StatusServiceUnavailable, "not ready\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			Health(func(context.Context) error { return row.err }).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
			if w.Code != row.status || w.Body.String() != row.body {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body.String(), row.status, row.body)
			}
		})
	}
}
