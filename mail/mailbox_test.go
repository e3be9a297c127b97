package mail_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"authgraph/mail"
)

func TestMailbox_Bounded(t *testing.T) {
	var kept []string
	b := mail.NewMailbox(func(r *mail.Rendered) { kept = append(kept, r.Link) })
	for n := range 150 {
		r := rendered("ada@example.org")
		r.ID, r.Link = fmt.Sprint(n), fmt.Sprintf("https://example.com/#%d", n)
		if err := b.Send(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	got := b.Mails("")
	if len(got) != 100 || got[0].ID != "149" || got[99].ID != "50" {
		t.Errorf("got %d mails, want the newest 100", len(got))
	}
	if len(kept) != 150 || kept[7] != "https://example.com/#7" {
		t.Errorf("got %d calls, want one for each mail", len(kept))
	}
	if err := b.Send(t.Context(), rendered("ada@example.org\r\nBcc: eve@example.com")); err == nil {
		t.Error("an invalid recipient: got no error")
	}
}

func TestMailbox_Page(t *testing.T) {
	b := mail.NewMailbox(func(*mail.Rendered) {})
	for _, to := range []string{"ada@example.org", "bob+tag@example.org"} {
		r := rendered(to)
		r.HTML, r.Link, r.Code = `<script>alert("`+to+`")</script>`, "https://example.com/#"+to, "12345678"
		if err := b.Send(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	get := func(target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		b.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, http.NoBody))
		return w
	}
	page := get("/dev/mail")
	body := page.Body.String()
	if strings.Contains(body, "<script") || strings.Count(body, `<iframe sandbox srcdoc="&lt;script&gt;`) != 2 {
		t.Errorf("the page shows mails outside of sandboxed frames:\n%s", body)
	}
	if policy := page.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") ||
		strings.Contains(policy, "script") || page.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got the headers %v", page.Header())
	}
	var mails []struct {
		To, Link, Code, Subject, Kind, Text, HTML string
		At                                        time.Time
	}
	if err := json.Unmarshal(get("/dev/mail.json?to=bob%2Btag@example.org").Body.Bytes(), &mails); err != nil {
		t.Fatal(err)
	}
	if len(mails) != 1 || mails[0].To != "bob+tag@example.org" {
		t.Errorf("got %+v, want the mail to bob", mails)
	} else if mails[0].Code != "12345678" || mails[0].Link != "https://example.com/#bob+tag@example.org" {
		t.Errorf("got %+v, want the mail to bob", mails)
	}
	if got := get("/dev/mail.json?to=eve@example.org"); strings.TrimSpace(got.Body.String()) != "[]" ||
		got.Header().Get("Content-Type") != "application/json" {
		t.Errorf("got %q, want an empty list", got.Body.String())
	}
}
