package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"authgraph/bench/target"
)

// refreshers returns clients that each exchange the refresh token of a session of their own, on a connection that stays
// open, by turns among the servers.
func refreshers(servers []*target.Server, clients int) (*fleet, error) {
	f := &fleet{}
	for n := range clients {
		s := servers[n%len(servers)]
		body, err := s.Query(`mutation($i: RegisterInput!) { register(input: $i) { refreshToken } }`, "", map[string]any{
			"i": map[string]any{"email": fmt.Sprintf("client%d@example.com", n), "password": target.Password},
		})
		if err != nil {
			return nil, err
		}
		token, err := refreshTokenOf(body, "register")
		if err != nil {
			return nil, err
		}
		conn, err := net.Dial("tcp", s.Address)
		if err != nil {
			return nil, err
		}
		answers := bufio.NewReader(conn)
		f.clients = append(f.clients, func() error {
			token, err = exchange(conn, answers, s.Address, token)
			return err
		})
	}
	return f, nil
}

func exchange(conn net.Conn, answers *bufio.Reader, address, token string) (string, error) {
	body := `{"query":"mutation($t: String) { refresh(refreshToken: $t) { accessToken refreshToken } }","variables":{"t":"` + token + `"}}`
	if _, err := fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"Accept: application/json\r\nContent-Length: %d\r\n\r\n%s", address, len(body), body); err != nil {
		return "", err
	}
	response, err := http.ReadResponse(answers, nil)
	if err != nil {
		return "", err
	}
	answer, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return "", err
	}
	return refreshTokenOf(answer, "refresh")
}

func refreshTokenOf(body []byte, field string) (string, error) {
	var got struct {
		Data map[string]struct{ RefreshToken string }
	}
	if err := json.Unmarshal(body, &got); err != nil || !strings.HasPrefix(got.Data[field].RefreshToken, "agr1.") {
		return "", fmt.Errorf("%s answered %s, %w", field, body, err)
	}
	return got.Data[field].RefreshToken, nil
}
