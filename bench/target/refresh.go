package target

import (
	"encoding/json"
	"fmt"
	"strings"

	"authgraph/bench/load"
)

// Refresher makes an account and returns a client that exchanges the refresh token of its session, on a connection that
// stays open.
func (s *Server) Refresher(email string) (refresh func() error, err error) {
	body, err := s.Query(`mutation($i: RegisterInput!) { register(input: $i) { refreshToken } }`, "", map[string]any{
		"i": map[string]any{"email": email, "password": Password},
	})
	if err != nil {
		return nil, err
	}
	token, err := refreshTokenOf(body, "register")
	if err != nil {
		return nil, err
	}
	conn := &load.Connection{Address: s.Address}
	return func() (err error) {
		token, err = exchange(conn, token)
		return err
	}, nil
}

func exchange(conn *load.Connection, token string) (string, error) {
	body := `{"query":"mutation($t: String) { refresh(refreshToken: $t) { accessToken refreshToken } }","variables":{"t":"` + token + `"}}`
	answer, err := conn.Send(fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"Accept: application/json\r\nContent-Length: %d\r\n\r\n%s", conn.Address, len(body), body))
	if err != nil {
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
