package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"authgraph/bench/target"
)

// browser keeps as many connections as are asked for.
var browser = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1024}, Timeout: time.Minute}

// outcome is what became of a login.
type outcome struct {
	served     bool
	retryAfter time.Duration // if it was shed
	took       time.Duration
}

// login signs one of the accounts in. An error says that the answer was neither a session nor OVERLOADED.
func login(ctx context.Context, server string, account int) (o outcome, err error) {
	body, err := json.Marshal(map[string]any{
		"query":     `mutation($i: LoginInput!) { login(input: $i) { accessToken } }`,
		"variables": map[string]any{"i": map[string]any{"email": address(account), "password": target.Password}},
	})
	if err != nil {
		return o, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+server+"/graphql", bytes.NewReader(body))
	if err != nil {
		return o, err
	}
	r.Header.Set("Content-Type", "application/json")
	began := time.Now()
	response, err := browser.Do(r)
	if err != nil {
		return o, err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		return o, err
	}
	o.took = time.Since(began)
	var got struct {
		Errors []struct {
			Extensions struct {
				Code       string
				RetryAfter int
			}
		}
		Data struct{ Login struct{ AccessToken string } }
	}
	if err := json.Unmarshal(said, &got); err != nil {
		return o, fmt.Errorf("login answered %s", said)
	}
	switch {
	case got.Data.Login.AccessToken != "":
		o.served = true
	case len(got.Errors) == 1 && got.Errors[0].Extensions.Code == "OVERLOADED":
		o.retryAfter = time.Duration(got.Errors[0].Extensions.RetryAfter) * time.Second
	default:
		return o, fmt.Errorf("login answered %s", said)
	}
	return o, nil
}
