package auth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"authgraph/auth"
)

// member returns the JWK of one of the set's keys with change made to it.
func member(t *testing.T, set auth.KeySet, id string, change map[string]any) []byte {
	t.Helper()
	key, err := set.Key(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	text, err := auth.MarshalJWKS([]auth.Key{key})
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct{ Keys []map[string]any }
	if err := json.Unmarshal(text, &parsed); err != nil {
		t.Fatal(err)
	}
	for name, value := range change {
		if parsed.Keys[0][name] = value; value == nil {
			delete(parsed.Keys[0], name)
		}
	}
	text, err = json.Marshal(parsed.Keys[0])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func TestParseJWK_Refuses(t *testing.T) {
	k := newKeys(t)
	zero, one := base64url(make([]byte, 32)), base64url(append(make([]byte, 31), 1))
	weak := new(big.Int).SetBit(big.NewInt(1), 2046, 1).Bytes() // 2047 bits, odd
	even := new(big.Int).Lsh(k.rsa.N, 1).Bytes()
	for _, row := range []struct {
		name, id string
		change   map[string]any
		want     string
	}{
		{"nameless", "ec", map[string]any{"kid": nil}, "no kid"},
		{"private", "ec", map[string]any{"d": one}, "a private key has been published"},
		{"private RSA", "rsa", map[string]any{"d": one}, "a private key has been published"},
		{"private Ed25519", "ed", map[string]any{"d": one}, "a private key has been published"},
		{"for encryption", "ec", map[string]any{"use": "enc"}, "use is"},
		{"for signing", "ec", map[string]any{"key_ops": []string{"sign"}}, "key_ops are"},
		{"for verifying and more", "ec", map[string]any{"key_ops": []string{"verify", "encrypt"}}, "key_ops are"},
		{"symmetric", "ec", map[string]any{"kty": "oct", "k": one}, `kty is "oct"`},
		{"no type", "ec", map[string]any{"kty": nil}, `kty is ""`},
		{"another curve", "ec", map[string]any{"crv": "P-384"}, "not supported"},
		{"EC key for HS256", "ec", map[string]any{"alg": "HS256"}, "not supported"},
		{"off the curve", "ec", map[string]any{"x": one, "y": one}, "point"},
		{"the origin", "ec", map[string]any{"x": zero, "y": zero}, "point"},
		{"short coordinate", "ec", map[string]any{"x": "AQ"}, "32 bytes"},
		{"long coordinate", "ec", map[string]any{"x": base64url(make([]byte, 33))}, "32 bytes"},
		{"padded coordinate", "ec", map[string]any{"x": one + "="}, "32 bytes"},
		{"stray last bits", "ec", map[string]any{"x": one[:42] + "F"}, "32 bytes"},
		{"line end in a coordinate", "ec", map[string]any{"x": one[:20] + "\n" + one[20:]}, "32 bytes"},
		{"no y", "ec", map[string]any{"y": nil}, "32 bytes"},
		{"X25519", "ed", map[string]any{"crv": "X25519"}, "not supported"},
		{"short Ed25519", "ed", map[string]any{"x": "AQ"}, "32 bytes"},
		{"RSA without alg", "rsa", map[string]any{"alg": nil}, "not supported"},
		{"RSA for HS256", "rsa", map[string]any{"alg": "HS256"}, "not supported"},
		{"2,047 bits", "rsa", map[string]any{"n": base64url(weak)}, "weak"},
		{"even modulus", "rsa", map[string]any{"n": base64url(even)}, "weak"},
		{"exponent 1", "rsa", map[string]any{"e": "AQ"}, "weak"},
		{"even exponent", "rsa", map[string]any{"e": "BA"}, "weak"},
		{"no exponent", "rsa", map[string]any{"e": nil}, "malformed"},
		{"exponent of 5 bytes", "rsa", map[string]any{"e": "AQAAAAE"}, "malformed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := auth.ParseJWK(member(t, k.set, row.id, nil)); err != nil {
				t.Fatalf("unchanged, it was refused: %v", err)
			}
			key, err := auth.ParseJWK(member(t, k.set, row.id, row.change))
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %+v, %v, want %q", key, err, row.want)
			}
		})
	}
}

// A set must not fail as a whole for one key, nor a broken key come through with the others.
func TestParseJWKS_PassesOver(t *testing.T) {
	k := newKeys(t)
	set := `{"keys":[` + string(member(t, k.set, "ec", map[string]any{"d": "AQ"})) + `,{"kty":"future","kid":"f"},7,` +
		string(member(t, k.set, "ed", nil)) + `]}`
	got, err := auth.ParseJWKS([]byte(set))
	if err != nil || len(got) != 1 || got[0].ID != "ed" {
		t.Errorf("got %+v, %v, want the one sound key", got, err)
	}
}

func TestParseJWKS_NotASet(t *testing.T) {
	for _, text := range []string{``, `{}`, `[]`, `null`, `{"keys":null}`, `{"keys":{}}`, `{"keys":[]`, `<html>`} {
		if got, err := auth.ParseJWKS([]byte(text)); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
	if got, err := auth.ParseJWKS([]byte(`{"keys":[]}`)); err != nil || got == nil || len(got) != 0 {
		t.Errorf("an empty set: got %+v, %v", got, err)
	}
}

func TestMarshalJWKS_Refuses(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, public := range map[string]any{
		"P-384": &p384.PublicKey, "private": newKeys(t).own, "secret": []byte("secret"), "nil": nil,
	} {
		if text, err := auth.MarshalJWKS([]auth.Key{{ID: "x", Algorithm: "ES256", Public: public}}); err == nil {
			t.Errorf("%s: got %s, want an error", name, text)
		}
	}
}
