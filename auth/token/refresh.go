package token

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"
)

// refreshPurpose parts the key of refresh tokens from everything else that is sealed.
const refreshPurpose = "refresh token"

// refreshPrefix is for people and programs that look for leaked secrets.
const refreshPrefix = "agr1"

// maxRefreshLength bounds the work that an unverified string can cause, in bytes. A token has about 110.
const maxRefreshLength = 200

// RefreshKey makes and opens refresh tokens: version, session, key version, counter, and a MAC under a key of the
// session's own. No row stands for a token.
//
// The session's key is derived from one root key, the session and its key version, rather than stored. An attacker who reads
// the database gains nothing, a forged token is refused without a query, and a new key is a new key version.
type RefreshKey struct{ root []byte }

// RefreshKey returns the key as it is. The next token is made with the key that opened the exchanged token: if the key
// is replaced in between, both tokens are invalid.
func (k *Keyring) RefreshKey(ctx context.Context) (*RefreshKey, error) {
	ring, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	if err := ring.opens(RefreshKeyID); err != nil {
		return nil, err
	}
	return ring.refresh, nil
}

// Mint returns the one token for a session, the version of its key, and a counter.
func (r *RefreshKey) Mint(session string, keyVersion, counter int64) string {
	data := strings.Join([]string{
		refreshPrefix, session, strconv.FormatInt(keyVersion, 36), strconv.FormatInt(counter, 36),
	}, ".")
	return data + "." + base64.RawURLEncoding.EncodeToString(r.mac(session, keyVersion, counter))
}

// Parse returns what token says; ok is false for whatever Mint did not return. It compares with what Mint would
// return, so there is one spelling, and nothing is believed before the MAC, compared in constant time, was found good.
func (r *RefreshKey) Parse(token string) (session string, keyVersion, counter int64, ok bool) {
	if len(token) > maxRefreshLength {
		return "", 0, 0, false
	}
	parts := strings.Split(token, ".")
	if len(parts) != 5 {
		return "", 0, 0, false
	}
	keyVersion, errVersion := strconv.ParseInt(parts[2], 36, 64)
	counter, errCounter := strconv.ParseInt(parts[3], 36, 64)
	if errVersion != nil || errCounter != nil {
		return "", 0, 0, false
	}
	if !hmac.Equal([]byte(r.Mint(parts[1], keyVersion, counter)), []byte(token)) {
		return "", 0, 0, false
	}
	return parts[1], keyVersion, counter, true
}

// mac covers the counter with the session's key. The lengths of what is hashed are fixed but for the session, which
// comes last, so that no two tokens have the same input.
func (r *RefreshKey) mac(session string, keyVersion, counter int64) []byte {
	key := hmac.New(sha256.New, r.root)
	_, _ = key.Write(binary.BigEndian.AppendUint64([]byte("session key\x00"), uint64(keyVersion)))
	_, _ = key.Write([]byte(session))
	sum := hmac.New(sha256.New, key.Sum(nil))
	_, _ = sum.Write(binary.BigEndian.AppendUint64([]byte(refreshPrefix), uint64(counter)))
	return sum.Sum(nil)
}
