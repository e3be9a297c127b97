package token_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"authgraph/auth/token"
	"authgraph/seal"
)

// roots is a RootStore in memory.
type roots map[string][]byte

func (r roots) AddServerKey(_ context.Context, purpose string, sealed []byte) ([]byte, error) {
	if kept, ok := r[purpose]; ok {
		return kept, nil
	}
	r[purpose] = sealed
	return sealed, nil
}

func openRefresh(t *testing.T, store roots, secret byte) (*token.Refresh, error) {
	t.Helper()
	box, err := seal.New([]seal.Secret{{ID: "a", Key: [32]byte{secret}}})
	if err != nil {
		t.Fatal(err)
	}
	return token.OpenRefresh(t.Context(), store, box)
}

func mustOpenRefresh(t *testing.T, store roots) *token.Refresh {
	t.Helper()
	r, err := openRefresh(t, store, 1)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRefresh_RoundTrip(t *testing.T) {
	store := roots{}
	first, second := mustOpenRefresh(t, store), mustOpenRefresh(t, store)
	text := first.Mint("session_1", 2, 40)
	if session, version, counter, ok := second.Parse(text); !ok || session != "session_1" || version != 2 || counter != 40 {
		t.Errorf("another instance reads %q, %d, %d, %v", session, version, counter, ok)
	}
	if text != second.Mint("session_1", 2, 40) {
		t.Error("the same token has two spellings")
	}
	if _, _, _, ok := mustOpenRefresh(t, roots{}).Parse(text); ok {
		t.Error("another server takes it")
	}
	if _, err := openRefresh(t, store, 2); !errors.Is(err, seal.ErrTampered) {
		t.Errorf("with another secret: got %v, want ErrTampered", err)
	}
	if sealed := string(store["refresh token"]); strings.Contains(sealed, text) || len(sealed) < 32 {
		t.Errorf("%d bytes are stored", len(sealed))
	}
}

func TestRefresh_Refuses(t *testing.T) {
	r := mustOpenRefresh(t, roots{})
	good := r.Mint("session_1", 1, 10)
	parts := strings.Split(good, ".")
	with := func(n int, part string) string {
		changed := append([]string{}, parts...)
		changed[n] = part
		return strings.Join(changed, ".")
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[4])
	if err != nil {
		t.Fatal(err)
	}
	raw[0] ^= 1
	for name, text := range map[string]string{
		"empty": "", "dots": "....", "another version": with(0, "agr2"), "another session": with(1, "session_2"),
		"another key version": with(2, "2"), "an older counter": with(3, "9"), "a later counter": with(3, "b"),
		"a leading zero": with(3, "0a"), "a sign": with(3, "+a"), "upper case": with(3, "A"), "negative": with(3, "-a"),
		"one bit off": with(4, base64.RawURLEncoding.EncodeToString(raw)), "padded": good + "=", "truncated": good[:len(good)-1],
		"trailing": good + ".", "a space": good + " ", "the MAC of another": with(4, strings.Split(r.Mint("session_1", 1, 11), ".")[4]),
		"long": with(1, strings.Repeat("a", 1<<20)), "no MAC": with(4, ""),
	} {
		if session, _, _, ok := r.Parse(text); ok || session != "" {
			t.Errorf("%s: %.60q is taken for %q", name, text, session)
		}
	}
}

func FuzzRefresh_Parse(f *testing.F) {
	box, err := seal.New([]seal.Secret{{ID: "a"}})
	if err != nil {
		f.Fatal(err)
	}
	r, err := token.OpenRefresh(f.Context(), roots{}, box)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("session_1", int64(1), int64(1), "")
	f.Add("a.b", int64(-1), int64(1<<62), "agr1.session_1.1.1.")
	f.Fuzz(func(t *testing.T, session string, version, counter int64, text string) {
		if _, _, _, ok := r.Parse(text); ok {
			t.Errorf("%q was never minted", text)
		}
		minted := r.Mint(session, version, counter)
		if got, v, c, ok := r.Parse(minted); ok && (got != session || v != version || c != counter) {
			t.Errorf("%q says %q, %d, %d", minted, got, v, c)
		}
	})
}
