package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

const (
	email         = "ada@example.com"
	meDocument    = `{ me { id email } }`
	loginDocument = `mutation($i: LoginInput!) { login(input: $i) { accessToken } }`
)

// kind is a kind of request.
type kind struct {
	slice int // requests in one slice of a round
	// client returns client n of a server whose account has an access token.
	client func(s *target.Server, token string, n int) (func() error, error)
}

var kinds = map[string]kind{
	"me":      {800, me},
	"refresh": {75, refresh},
	"login":   {2, login},
}

func me(s *target.Server, token string, _ int) (func() error, error) {
	want, err := s.Query(meDocument, token, nil)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(string(want), email) {
		return nil, fmt.Errorf("me answered %s", want)
	}
	request, conn := load.Request{Raw: s.Raw(meDocument, token), Want: want}, &load.Connection{Address: s.Address}
	return func() error { return request.Send(conn) }, nil
}

func refresh(s *target.Server, _ string, n int) (func() error, error) {
	return s.Refresher(fmt.Sprintf("client%d@example.com", n))
}

// login signs in to an account of its own, because each account has a cap of sessions.
func login(s *target.Server, _ string, n int) (func() error, error) {
	own := fmt.Sprintf("login%d@example.com", n)
	if _, err := s.Register(own); err != nil {
		return nil, err
	}
	return func() error {
		body, err := s.Query(loginDocument, "", map[string]any{"i": map[string]any{"email": own, "password": target.Password}})
		if err != nil {
			return err
		}
		var got struct {
			Data struct{ Login *struct{ AccessToken string } }
		}
		if err := json.Unmarshal(body, &got); err != nil || got.Data.Login == nil {
			return fmt.Errorf("login answered %s", body)
		}
		return nil
	}, nil
}
