package auth

import (
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/c2sp/wycheproof"
	"github.com/golang-jwt/jwt/v5"
)

// vectors is a file of Wycheproof's: https://github.com/C2SP/wycheproof.
type vectors struct {
	TestGroups []struct {
		Comment string
		Public  json.RawMessage
		Private json.RawMessage
		Tests   []struct {
			TcID    int
			Comment string
			JWS     json.RawMessage
			Result  string
			Flags   []string
		}
	}
}

func readVectors(t *testing.T, name string) vectors {
	t.Helper()
	text, err := fs.ReadFile(wycheproof.TestVectors, name)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// verify is the part of the Verifier that the vectors can reach: their payloads are no claims. It takes the parser's
// own steps: strict base64, the list of algorithms, the key's algorithm, the signature.
func verify(keys KeySet, jws string) bool {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return false
	}
	var header struct{ Alg, Kid string }
	strict := base64.RawURLEncoding.Strict()
	text, err := strict.DecodeString(parts[0])
	if err != nil || json.Unmarshal(text, &header) != nil {
		return false
	}
	if _, err := strict.DecodeString(parts[1]); err != nil {
		return false
	}
	signature, err := strict.DecodeString(parts[2])
	if err != nil {
		return false
	}
	for _, k := range keys {
		method := jwt.GetSigningMethod(k.Algorithm)
		token := &jwt.Token{Raw: jws, Method: method, Signature: signature}
		if header.Alg == k.Algorithm && method.Verify(parts[0]+"."+parts[1], signature, k.Public) == nil &&
			saltFits(token, k.Public) {
			return true
		}
	}
	return false
}

// groupKeys reads a group's key or key set as another server's JWKS would be read.
func groupKeys(raw json.RawMessage) KeySet {
	if keys, err := ParseJWKS(raw); err == nil {
		return keys
	}
	var j map[string]any
	if json.Unmarshal(raw, &j) != nil {
		return nil
	}
	if j["kid"] == nil {
		j["kid"] = "nameless in the vectors"
	}
	named, err := json.Marshal(j)
	if err != nil {
		return nil
	}
	key, err := ParseJWK(named)
	if err != nil {
		return nil
	}
	return KeySet{key}
}

func TestWycheproof(t *testing.T) {
	for name, minimum := range map[string]int{"json_web_signature_test.json": 10, "json_web_key_test.json": 1} {
		t.Run(name, func(t *testing.T) {
			valid, invalid := 0, 0
			for _, group := range readVectors(t, name).TestGroups {
				keys := groupKeys(group.Public)
				if group.Public == nil {
					keys = groupKeys(group.Private)
				}
				v := NewVerifier(keys, "issuer", "audience", WithClock(func() time.Time { return time.Unix(0, 0) }))
				for _, test := range group.Tests {
					var jws string
					if json.Unmarshal(test.JWS, &jws) != nil {
						continue // the JSON serialization, which tokens don't have
					}
					verified := verify(keys, jws)
					if verified && test.Result == "invalid" {
						t.Errorf("%s, %d %s %v: verified", group.Comment, test.TcID, test.Comment, test.Flags)
					}
					if principal, err := v.Authenticate(t.Context(), jws); err == nil {
						t.Errorf("%s, %d %s: authenticates %+v", group.Comment, test.TcID, test.Comment, principal)
					}
					if verified {
						valid++
					} else {
						invalid++
					}
				}
			}
			t.Logf("%d verified, %d did not", valid, invalid)
			if valid < minimum || invalid == 0 {
				t.Errorf("%d verified, %d did not: the vectors were not reached", valid, invalid)
			}
		})
	}
}
