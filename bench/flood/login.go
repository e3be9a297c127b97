package main

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

var browser = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1024}, Timeout: time.Minute}

// answer is the outcome of a login.
type answer struct {
	code       string // of the error; "" for a success
	retryAfter time.Duration
	cookie     string // the device cookie that was set
}

const (
	loginDocument    = `mutation($i: LoginInput!) { r: login(input: $i) { tokenType } }`
	registerDocument = `mutation($i: RegisterInput!) { r: register(input: $i) { tokenType } }`
)

// login signs in from a client address, as a browser with a device cookie; "" for none.
func login(ctx context.Context, server, from, email, password, cookie string) (answer, error) {
	return send(ctx, server, from, loginDocument, email, password, cookie)
}

func send(ctx context.Context, server, from, document, email, password, cookie string) (a answer, err error) {
	body, err := json.Marshal(map[string]any{
		"query": document, "variables": map[string]any{"i": map[string]any{"email": email, "password": password}},
	})
	if err != nil {
		return a, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+server+"/graphql", bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	r.Header = http.Header{
		"Content-Type": {"application/json"}, "X-Forwarded-For": {from}, "Sec-Fetch-Site": {"same-origin"},
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	response, err := browser.Do(r)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return a, err
	}
	var got struct {
		Errors []struct {
			Extensions struct {
				Code       string
				RetryAfter int
			}
		}
		Data struct{ R *struct{ TokenType string } }
	}
	if err := json.Unmarshal(text, &got); err != nil || len(got.Errors) == 0 && got.Data.R == nil {
		return a, fmt.Errorf("the server answered %s", text)
	}
	for _, e := range got.Errors {
		a.code, a.retryAfter = e.Extensions.Code, time.Duration(e.Extensions.RetryAfter)*time.Second
	}
	for _, c := range response.Cookies() {
		if strings.HasSuffix(c.Name, "authgraph-device") {
			a.cookie = c.Name + "=" + c.Value
		}
	}
	return a, nil
}
