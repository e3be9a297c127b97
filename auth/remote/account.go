package remote

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"authgraph/auth"
)

// Account is the account of a service at the issuer. Its tokens are exchanged before they expire. After the end of its
// session it signs in again. It is safe for concurrent use, and signs in once for all simultaneous callers.
type Account struct {
	endpoint, email, password string
	client                    *http.Client
	now                       func() time.Time
	insecure                  bool
	fault                     error // why the endpoint is invalid

	mu      sync.Mutex
	access  string
	refresh string
	until   time.Time
}

// AccountOption changes an Account.
type AccountOption func(*Account)

// AccountOverInsecureHTTP sends the password and tokens over plain http. An attacker who reads the network then has them.
func AccountOverInsecureHTTP() AccountOption { return func(a *Account) { a.insecure = true } }

// NewAccount returns an account of the issuer whose GraphQL endpoint is given. Err returns what is wrong with it.
func NewAccount(endpoint, email, password string, options ...AccountOption) *Account {
	a := &Account{
		endpoint: endpoint, email: email, password: password, now: time.Now,
		client: &http.Client{CheckRedirect: refuseRedirect, Timeout: fetchTimeout},
	}
	for _, option := range options {
		option(a)
	}
	a.fault = checkURL(endpoint, a.insecure)
	return a
}

// Err returns an error if the endpoint is not https, such as ErrInsecure. Token then fails with it and sends nothing.
func (a *Account) Err() error { return a.fault }

// tokens is the common response of login and refresh.
type tokens struct {
	AccessToken  string `json:"accessToken"`
	RefreshToken string `json:"refreshToken"`
	ExpiresIn    int    `json:"expiresIn"`
}

const (
	loginOperation   = `mutation Login($input: LoginInput!) { auth: login(input: $input) { accessToken refreshToken expiresIn } }`
	refreshOperation = `mutation Refresh($token: String) { auth: refresh(refreshToken: $token) { accessToken refreshToken expiresIn } }`
)

// early is the time before its expiry at which a token is exchanged.
const early = 30 * time.Second

// Token returns an access token that still counts for a while.
func (a *Account) Token(ctx context.Context) (string, error) {
	if a.fault != nil {
		return "", a.fault
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.access != "" && a.now().Before(a.until) {
		return a.access, nil
	}
	if a.refresh != "" {
		err := a.exchange(ctx, operation{refreshOperation, map[string]any{"token": a.refresh}})
		var refused *auth.Error
		if err == nil || !errors.As(err, &refused) || refused.Code == auth.ServiceUnavailable || refused.Code == auth.Overloaded {
			return a.access, err // the session is still active
		}
	}
	err := a.exchange(ctx, operation{loginOperation, map[string]any{
		"input": map[string]any{"email": a.email, "password": a.password},
	}})
	return a.access, err
}

// Drop has the next Token be a new one: the issuer refused this one.
func (a *Account) Drop(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.access == token {
		a.access = ""
	}
}

func (a *Account) exchange(ctx context.Context, o operation) error {
	a.access = ""
	var got struct{ Auth *tokens }
	began := a.now()
	if err := ask(ctx, a.client, a.endpoint, "", o, &got); err != nil {
		return err
	}
	if got.Auth == nil || got.Auth.AccessToken == "" {
		return errors.New("the issuer asks for a step that a service can't take")
	}
	lifetime := time.Duration(got.Auth.ExpiresIn) * time.Second
	a.access, a.refresh, a.until = got.Auth.AccessToken, got.Auth.RefreshToken, began.Add(lifetime-min(early, lifetime/4))
	return nil
}
