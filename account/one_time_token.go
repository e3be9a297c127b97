package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"authgraph/auth"
	"authgraph/mail"
)

// TokenPurpose is the purpose of a one-time token. A token is valid for its purpose alone.
type TokenPurpose string

// The purposes.
const (
	PurposeResetPassword TokenPurpose = "reset_password"
)

// MaxLiveTokens is the maximum number of live tokens per address and purpose. Above it a request adds no token and sends no
// mail: a stranger's requests would otherwise void the owner's link.
const MaxLiveTokens = 3

const (
	tokenBytes = 32 // 256 bits
	codeDigits = 8
	// resetLifetime is the lifetime of a token that resets a password.
	resetLifetime = time.Hour
)

// OneTimeToken is a token or a code that was mailed, as the store keeps it. A token for an address without an account is a
// decoy: it is stored by the same statements, and is never valid.
type OneTimeToken struct {
	Hash     []byte // SHA-256 of the token
	Purpose  TokenPurpose
	Subject  []byte // keyed hash of the address
	UserID   string // "" for a decoy
	Version  int64  // version of the credential at the request
	Request  []byte // SHA-256 of the request that the code belongs to
	Code     []byte // MAC of the code
	Lifetime time.Duration
}

// OneTimeTokens is the part of a Store that keeps one-time tokens.
type OneTimeTokens interface {
	// AddOneTimeToken adds a token and its mail, unless the address has MaxLiveTokens live tokens of the purpose.
	AddOneTimeToken(ctx context.Context, t OneTimeToken, mails []OutgoingMail) error
	// OneTimeTokenByHash returns a live token of a purpose. It fails with ErrNotFound.
	OneTimeTokenByHash(ctx context.Context, purpose TokenPurpose, hash []byte) (OneTimeToken, error)
	// OneTimeTokenByRequest returns the live token of a request. It fails with ErrNotFound.
	OneTimeTokenByRequest(ctx context.Context, purpose TokenPurpose, request []byte) (OneTimeToken, error)
	// ResetPassword uses a token, sets the password, ends the account's sessions and starts one. An account whose address was
	// never confirmed loses its profile, because another person may have chosen it. It fails with ErrChanged if the token was
	// used or has expired, or its account has another credential version. A suspended account gets no session: session is nil.
	ResetPassword(ctx context.Context, r PasswordReset) (user *User, session *Session, err error)
}

// PasswordReset is a new password by a one-time token.
type PasswordReset struct {
	Token             []byte // hash
	UserID            string
	CredentialVersion int64
	Hash              string
	Session           NewSession // its pending steps must fit the account
	Mails             []OutgoingMail
}

// ErrOneTimeTokenInvalid is returned for an unknown, wrong, expired or used token, code or request.
var ErrOneTimeTokenInvalid = &auth.Error{
	Code: auth.BadUserInput, Reason: auth.OneTimeTokenInvalid, Message: "The link or the code is invalid or has expired; ask for another one",
}

// ErrMailOff is returned for a field that needs mails on a server that sends none.
var ErrMailOff = &auth.Error{Code: auth.Forbidden, Message: "This server sends no mail"}

// Presented is the token of a link, or the code of a mail with the request that it belongs to.
type Presented struct {
	Token     *string
	RequestID *string
	Code      *string
}

// byCode reports whether p is a code. The error says that p is neither a token alone nor a request with a code.
func (p Presented) byCode() (bool, error) {
	switch {
	case p.Token != nil && p.RequestID == nil && p.Code == nil:
		return false, nil
	case p.Token == nil && p.RequestID != nil && p.Code != nil:
		return true, nil
	}
	return false, invalid("token", auth.ValueInvalid, "Give a token, or a request id with a code")
}

// Subject returns the subject of limits by REQUEST; "" if p has neither token nor request.
func (p Presented) Subject() string {
	for _, text := range []*string{p.Token, p.RequestID} {
		if text != nil {
			sum := sha256.Sum256([]byte(*text))
			return "request:" + base64.RawURLEncoding.EncodeToString(sum[:])
		}
	}
	return ""
}

// issued is a new one-time token before it is stored.
type issued struct {
	row       OneTimeToken
	token     string
	code      string
	requestID string
}

// requestIDPlain is the length of a request id before it is sealed: nonce, address, browser.
const (
	requestNonce   = 16
	requestIDPlain = requestNonce + 2*sha256.Size
)

// issueToken returns a new token, its code and its request id. browser is the value of the browser's request cookie; "" if no
// browser asked.
func (s *Service) issueToken(
	ctx context.Context, purpose TokenPurpose, address Email, c Credential, browser string, lifetime time.Duration,
) (*issued, error) {
	key, err := s.limitKey(ctx)
	if err != nil {
		return nil, err
	}
	secret := make([]byte, tokenBytes)
	nonce := make([]byte, requestNonce)
	_, _ = rand.Read(secret) // it never fails: crypto/rand
	_, _ = rand.Read(nonce)
	number, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return nil, err
	}
	t := &issued{token: base64.RawURLEncoding.EncodeToString(secret), code: fmt.Sprintf("%0*d", codeDigits, number)}
	subject := addressHash(key.Key, address)
	plain := append(make([]byte, 0, requestIDPlain), nonce...)
	plain = append(append(plain, subject...), browserHash(key.Key, browser)...)
	t.requestID = base64.RawURLEncoding.EncodeToString(s.outbox.sealer.Seal(requestPurpose, string(purpose), plain))
	hash, request := sha256.Sum256([]byte(t.token)), sha256.Sum256(nonce)
	t.row = OneTimeToken{
		Hash: hash[:], Purpose: purpose, Subject: subject, UserID: c.UserID, Version: c.Version, Request: request[:],
		Code: codeMAC(key.Key, nonce, t.code), Lifetime: lifetime,
	}
	return t, nil
}

// requestPurpose separates sealed request ids from other sealed values.
const requestPurpose = "request id"

// keyed returns the MAC of parts under key, for one use.
func keyed(key []byte, use string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(use + "\x00"))
	for _, part := range parts {
		_, _ = mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		_, _ = mac.Write(part)
	}
	return mac.Sum(nil)
}

func addressHash(key []byte, address Email) []byte {
	return keyed(key, "one-time token", []byte(address.Key))
}

func codeMAC(key, nonce []byte, code string) []byte {
	return keyed(key, "one-time code", nonce, []byte(code))
}

// browserHash returns the binding of a request to a browser: zeros if no browser asked.
func browserHash(key []byte, browser string) []byte {
	if browser == "" {
		return make([]byte, sha256.Size)
	}
	return keyed(key, "one-time browser", []byte(browser))
}

// openedRequest is the content of a request id.
type openedRequest struct {
	nonce, subject []byte
}

// openRequest returns the content of a request id of a purpose; ok is false if it is invalid, or was made for another browser.
func (s *Service) openRequest(key []byte, purpose TokenPurpose, text, browser string) (r openedRequest, ok bool) {
	if strings.ContainsAny(text, "\r\n") {
		return r, false // package base64 ignores line ends, and each spelling has a count of its own
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return r, false
	}
	plain, err := s.outbox.sealer.Open(requestPurpose, string(purpose), sealed)
	if err != nil || len(plain) != requestIDPlain {
		return r, false
	}
	r.nonce, r.subject = plain[:requestNonce], plain[requestNonce:requestNonce+sha256.Size]
	bound := plain[requestNonce+sha256.Size : requestNonce+2*sha256.Size]
	anyBrowser := subtle.ConstantTimeCompare(bound, make([]byte, sha256.Size)) == 1
	return r, anyBrowser || hmac.Equal(bound, browserHash(key, browser))
}

// codeLimits bound the wrong codes for an address, over all requests and purposes. Above them only links work.
var codeLimits = []Limit{{Pool: "code", Max: 10, Window: 24 * time.Hour}}

// boundTo reports whether t was mailed to the present address of u.
func (s *Service) boundTo(ctx context.Context, t OneTimeToken, u *User) (bool, error) {
	key, err := s.limitKey(ctx)
	return err == nil && hmac.Equal(t.Subject, addressHash(key.Key, Email{Key: u.EmailKey})), err
}

// presentedToken returns the live token that p names, after the attempt was counted. An invalid one is
// ErrOneTimeTokenInvalid. A code takes a unit from codeLimits, by the address of the request.
func (s *Service) presentedToken(
	ctx context.Context, purpose TokenPurpose, p Presented, client Client,
) (t OneTimeToken, err error) {
	byCode, err := p.byCode()
	if err != nil {
		return t, err
	}
	if !byCode {
		hash := sha256.Sum256([]byte(*p.Token))
		if t, err = s.store.OneTimeTokenByHash(ctx, purpose, hash[:]); errors.Is(err, ErrNotFound) || err == nil && t.UserID == "" {
			return t, ErrOneTimeTokenInvalid
		}
		return t, err
	}
	key, err := s.limitKey(ctx)
	if err != nil {
		return t, err
	}
	r, ok := s.openRequest(key.Key, purpose, *p.RequestID, client.Browser)
	if !ok {
		return t, ErrOneTimeTokenInvalid
	}
	used, err := s.takeUnits(ctx, key.Key, codeLimits, subject{account: "code:" + base64.RawURLEncoding.EncodeToString(r.subject)})
	if err != nil {
		return t, err
	}
	request := sha256.Sum256(r.nonce)
	t, err = s.store.OneTimeTokenByRequest(ctx, purpose, request[:])
	if err != nil && !errors.Is(err, ErrNotFound) {
		return t, err
	}
	// The comparison is made for decoys and missing rows too.
	typed := strings.Join(strings.Fields(*p.Code), "") // people type the digits in groups
	right := hmac.Equal(t.Code, codeMAC(key.Key, r.nonce, typed))
	if err != nil || !right || t.UserID == "" {
		return t, ErrOneTimeTokenInvalid
	}
	used.giveBack(ctx)
	return t, nil
}

// tokenMail returns a mail with a token, for a client that asked for it.
func tokenMail(u *User, kind mail.Kind, c Client, t *issued) NewMail {
	m := notice(u, kind, c)
	m.TokenHash, m.Lifetime = t.row.Hash, t.row.Lifetime
	m.Data.Token, m.Data.Code, m.Data.ValidFor = t.token, t.code, t.row.Lifetime
	return m
}

// notice returns a mail to the address of an account about an action of a client.
func notice(u *User, kind mail.Kind, c Client) NewMail {
	return MailTo(u, kind, c.MailData())
}
