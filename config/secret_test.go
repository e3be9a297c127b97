package config

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestParseSecrets(t *testing.T) {
	key := [32]byte{0: 0xfb, 1: 0xef, 2: 0xff, 31: 7} // its base64 differs between the alphabets
	for name, encoding := range map[string]*base64.Encoding{
		"standard": base64.StdEncoding, "standard without padding": base64.RawStdEncoding,
		"URL": base64.URLEncoding, "URL without padding": base64.RawURLEncoding,
	} {
		t.Run(name, func(t *testing.T) {
			id := strings.Repeat("a", 32)
			got, err := ParseSecrets("A-z_09:" + encoding.EncodeToString(key[:]) + " , " + id + ":" + keyText)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 2 || got[0].ID != "A-z_09" || got[1].ID != id {
				t.Fatalf("got %v, want the two ids in their order", got)
			}
			if got[0].Key.Reveal() != key || got[1].Key.Reveal() != keyBytes {
				t.Error("the keys are not those given")
			}
		})
	}
}

func TestParseSecretsRefuses(t *testing.T) {
	short := base64.StdEncoding.EncodeToString(keyBytes[:31])
	long := base64.StdEncoding.EncodeToString(append(keyBytes[:], 0))
	good := "k1:" + keyText
	tests := []struct{ name, list, want string }{
		{"nothing", " ", "holds no secret"},
		{"no id", keyText, "entry 1 has no colon between an id and a key"},
		{"empty id", ":" + keyText, "entry 1 has an id that is empty, too long or of other characters"},
		{"long id", strings.Repeat("a", 33) + ":" + keyText, "entry 1 has an id that is empty, too long or of other characters"},
		{"id of other characters", "k.1:" + keyText, "entry 1 has an id that is empty, too long or of other characters"},
		{"id after key", keyText + ":k1", "entry 1 has an id that is empty, too long or of other characters"},
		{"not base64", good + ",k2:%" + keyText[1:], "entry 2 has a key that is not base64"},
		{"short key", "k1:" + short, "entry 1 has a key of 31 bytes"},
		{"long key", "k1:" + long, "entry 1 has a key of 33 bytes"},
		{"comma at the end", good + ",", "entry 2 has no colon between an id and a key"},
		{"same id", good + ",k2:" + keyText + "," + good, "entry 3 has the id of entry 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseSecrets(tt.list)
			if err == nil {
				t.Fatal("got no error")
			}
			if !strings.HasPrefix(err.Error(), tt.want+"; ") {
				t.Errorf("got %q, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), keyText[:10]) {
				t.Errorf("got %q, which holds the key", err)
			}
		})
	}
}

// TestLoadMalformedSecrets counts one fault: what is malformed isn't missing.
func TestLoadMalformedSecrets(t *testing.T) {
	got := mustFault(t, production("AUTHGRAPH_SECRETS=k1")...)
	if want := "AUTHGRAPH_SECRETS entry 1 has no colon"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNewSecret(t *testing.T) {
	secret, err := NewSecret("k1", keyBytes)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseSecrets(secret.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	if len(again) != 1 || again[0].ID != "k1" || again[0].Key.Reveal() != keyBytes {
		t.Error("what Reveal spells is not read as the same secret")
	}
	if _, err := NewSecret("a:b", keyBytes); err == nil {
		t.Error("got no error for an id with a colon")
	}
}
