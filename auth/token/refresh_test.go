package token

import (
	"encoding/base64"
	"strings"
	"testing"
)

func refreshKey(t testing.TB, ring *Keyring) *RefreshKey {
	t.Helper()
	k, err := ring.RefreshKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func refresh(t testing.TB, store *memory) *RefreshKey {
	t.Helper()
	return refreshKey(t, openRing(t, store, DefaultAlgorithm))
}

func TestRefresh_RoundTrip(t *testing.T) {
	store := newMemory()
	first, second := refresh(t, store), refresh(t, store)
	text := first.Mint("session_1", 2, 40)
	if session, version, counter, ok := second.Parse(text); !ok || session != "session_1" {
		t.Errorf("another instance reads %q, %d, %d, %v", session, version, counter, ok)
	} else if version != 2 || counter != 40 {
		t.Errorf("another instance reads %q, %d, %d, %v", session, version, counter, ok)
	}
	if text != second.Mint("session_1", 2, 40) {
		t.Error("the same token has two spellings")
	}
	if _, _, _, ok := refresh(t, newMemory()).Parse(text); ok {
		t.Error("another server takes it")
	}
	if sealed := string(store.server["refresh token"]); strings.Contains(sealed, text) || len(sealed) < 32 {
		t.Errorf("%d bytes are stored", len(sealed))
	}
}

func TestRefresh_Refuses(t *testing.T) {
	r := refresh(t, newMemory())
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

// FuzzRefresh_Parse presents tokens that were never made, that were made for something else, and that are one bit off.
func FuzzRefresh_Parse(f *testing.F) {
	r := refresh(f, newMemory())
	f.Fuzz(func(t *testing.T, session string, version, counter int64, text string, at uint16) {
		if _, _, _, ok := r.Parse(text); ok {
			t.Fatalf("%q was never minted", text)
		}
		minted := r.Mint(session, version, counter)
		got, v, c, ok := r.Parse(minted)
		if same := got == session && v == version && c == counter; ok && !same {
			t.Fatalf("%q says %q, %d, %d", minted, got, v, c)
		}
		if ok && r.Mint(got, v, c) != minted {
			t.Fatalf("%q is minted again as %q", minted, r.Mint(got, v, c))
		}
		if plain := !strings.Contains(session, ".") && len(minted) <= maxRefreshLength; ok != plain {
			t.Fatalf("%q counts: %v", minted, ok)
		}
		off := []byte(minted)
		off[int(at)%len(off)] ^= 1 << (at % 8)
		for _, other := range []string{string(off), minted + text, text + minted, text + "." + minted} {
			if got, v, c, ok := r.Parse(other); ok && other != minted {
				t.Fatalf("%q says %q, %d, %d, and %q was minted", other, got, v, c, minted)
			}
		}
	})
}
