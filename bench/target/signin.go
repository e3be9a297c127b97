package target

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// browser keeps as many connections as are asked for.
var browser = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1024}, Timeout: time.Minute}

// SignIn is the outcome of a sign-in.
type SignIn struct {
	Code       string // code of the error; "" for a success
	RetryAfter time.Duration
	Cookie     string // the device cookie that was set
}

const (
	loginDocument    = `mutation($i: LoginInput!) { r: login(input: $i) { accessToken } }`
	registerDocument = `mutation($i: RegisterInput!) { r: register(input: $i) { accessToken } }`
)

// Login signs in from a client address, as a browser with a device cookie; "" for none. The server at address must trust this
// machine as a proxy, otherwise the client address has no effect. An error says that there was no answer.
func Login(ctx context.Context, address, from, email, password, cookie string) (SignIn, error) {
	return signIn(ctx, address, from, loginDocument, email, password, cookie)
}

// RegisterFrom creates an account with Password from a client address.
func RegisterFrom(ctx context.Context, address, from, email string) (SignIn, error) {
	return signIn(ctx, address, from, registerDocument, email, Password, "")
}

func signIn(ctx context.Context, address, from, document, email, password, cookie string) (s SignIn, err error) {
	body, err := json.Marshal(map[string]any{
		"query": document, "variables": map[string]any{"i": map[string]any{"email": email, "password": password}},
	})
	if err != nil {
		return s, err
	}
	header := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	if cookie != "" {
		header.Set("Cookie", cookie)
	}
	text, cookies, err := Post(ctx, address, from, body, header)
	if err != nil {
		return s, err
	}
	var got struct {
		Errors []struct {
			Extensions struct {
				Code       string
				RetryAfter int
			}
		}
		Data struct{ R *struct{ AccessToken string } }
	}
	if err := json.Unmarshal(text, &got); err != nil || len(got.Errors) == 0 && got.Data.R == nil {
		return s, fmt.Errorf("the server answered %s", text)
	}
	for _, e := range got.Errors {
		s.Code, s.RetryAfter = e.Extensions.Code, time.Duration(e.Extensions.RetryAfter)*time.Second
	}
	for _, c := range cookies {
		if strings.HasSuffix(c.Name, "authgraph-device") {
			s.Cookie = c.Name + "=" + c.Value
		}
	}
	return s, nil
}

// Post sends the body of a GraphQL request from a client address and returns the body of the answer, and its cookies. header
// may be nil.
func Post(ctx context.Context, address, from string, body []byte, header http.Header) (answer []byte, cookies []*http.Cookie, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	if header != nil {
		r.Header = header
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Forwarded-For", from)
	response, err := browser.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	return answer, response.Cookies(), err
}
