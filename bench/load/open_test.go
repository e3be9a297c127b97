package load

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// A pause of the server shows in all requests that were due in it, and not in a single request.
func TestOpen_SeesThoseWhoWereDue(t *testing.T) {
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		once.Do(func() { time.Sleep(200 * time.Millisecond) })
		_, _ = w.Write([]byte("ok"))
	}))
	defer server.Close()
	address := server.Listener.Addr().String()
	took, err := Open(t.Context(), Request{
		Address: address, Raw: []byte("GET / HTTP/1.1\r\nHost: " + address + "\r\n\r\n"), Want: []byte("ok"),
	}, 100, 1, 500*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	late := 0
	for _, d := range took {
		if d > 50*time.Millisecond {
			late++
		}
	}
	if late < 10 || len(took) < 40 {
		t.Errorf("%d of %d were late, want those of 150 ms: some 15 of 50", late, len(took))
	}
}
