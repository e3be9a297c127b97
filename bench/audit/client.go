package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"authgraph/bench/target"
)

// logins returns clients that each sign in to an account of their own, by turns among the servers.
func logins(servers []*target.Server, clients int) ([]func() error, error) {
	var all []func() error
	for n := range clients {
		s, email := servers[n%len(servers)], fmt.Sprintf("login%d@example.com", n)
		if _, err := s.Register(email); err != nil {
			return nil, err
		}
		all = append(all, func() error {
			_, err := ask(s, "login", `mutation($i: LoginInput!) { login(input: $i) { refreshToken } }`, map[string]any{
				"i": map[string]any{"email": email, "password": target.Password},
			})
			return err
		})
	}
	return all, nil
}

// refreshes returns clients that each exchange the refresh token of a session of their own.
func refreshes(servers []*target.Server, clients int) ([]func() error, error) {
	var all []func() error
	for n := range clients {
		s := servers[n%len(servers)]
		token, err := ask(s, "register", `mutation($i: RegisterInput!) { register(input: $i) { refreshToken } }`, map[string]any{
			"i": map[string]any{"email": fmt.Sprintf("refresh%d@example.com", n), "password": target.Password},
		})
		if err != nil {
			return nil, err
		}
		all = append(all, func() error {
			token, err = ask(s, "refresh", `mutation($t: String) { refresh(refreshToken: $t) { refreshToken } }`, map[string]any{"t": token})
			return err
		})
	}
	return all, nil
}

// ask sends a document and returns the refresh token of its answer.
func ask(s *target.Server, field, document string, variables map[string]any) (string, error) {
	body, err := s.Query(document, "", variables)
	if err != nil {
		return "", err
	}
	var got struct {
		Data map[string]struct{ RefreshToken string }
	}
	if err := json.Unmarshal(body, &got); err != nil || !strings.HasPrefix(got.Data[field].RefreshToken, "agr1.") {
		return "", fmt.Errorf("%s answered %s, %w", field, body, err)
	}
	return got.Data[field].RefreshToken, nil
}
