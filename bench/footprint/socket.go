package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"authgraph/bench/target"
)

// perAccount is how many sockets one session may have: the most that the setting allows.
const perAccount = 1000

type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// held opens sockets with one subscription each and prints what each of them takes: at once, and when they have rested.
func held(ctx context.Context, s *target.Server, sockets int, rest time.Duration) (err error) {
	var open []*websocket.Conn
	ended := make(chan error, sockets)
	defer func() {
		for _, c := range open {
			_ = c.CloseNow()
		}
	}()
	var tokens []string
	for n := 0; n < sockets; n += perAccount {
		token, err := s.Register(fmt.Sprintf("person%d@example.com", n))
		if err != nil {
			return err
		}
		tokens = append(tokens, token)
	}
	before, err := resident(s)
	if err != nil {
		return err
	}
	for n := range sockets {
		c, err := subscribe(ctx, s, tokens[n/perAccount])
		if err != nil {
			return err
		}
		open = append(open, c)
		go func() { ended <- alive(ctx, c) }()
	}
	for _, rest := range []time.Duration{0, rest} {
		select {
		case err := <-ended:
			return fmt.Errorf("a socket ended: %w", err)
		case <-time.After(rest):
		}
		after, err := resident(s)
		if err != nil {
			return err
		}
		fmt.Printf("an idle socket with one subscription: %.1f KiB, of %d, %v after the last began\n",
			(after-before)/float64(sockets), sockets, rest)
	}
	return nil
}

// subscribe opens a socket whose subscription has begun: its server has answered a ping that came after it.
func subscribe(ctx context.Context, s *target.Server, token string) (*websocket.Conn, error) {
	c, _, err := websocket.Dial(ctx, "ws://"+s.Address+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"},
	})
	if err != nil {
		return nil, err
	}
	for _, m := range []message{
		{Type: "connection_init", Payload: json.RawMessage(`{"Authorization":"Bearer ` + token + `"}`)},
		{ID: "1", Type: "subscribe", Payload: json.RawMessage(`{"query":"subscription { sessionEvents { kind } }"}`)},
		{Type: "ping"},
	} {
		if err := wsjson.Write(ctx, c, m); err != nil {
			return nil, errors.Join(err, c.CloseNow())
		}
	}
	for {
		var m message
		if err := wsjson.Read(ctx, c, &m); err != nil {
			return nil, errors.Join(err, c.CloseNow())
		}
		switch m.Type {
		case "pong":
			return c, nil
		case "error", "complete", "next":
			return nil, errors.Join(fmt.Errorf("the subscription was answered %+v", m), c.CloseNow())
		}
	}
}

// alive answers the server's pings until the socket ends.
func alive(ctx context.Context, c *websocket.Conn) error {
	for {
		var m message
		if err := wsjson.Read(ctx, c, &m); err != nil {
			return err
		}
		if m.Type == "ping" {
			if err := wsjson.Write(ctx, c, message{Type: "pong"}); err != nil {
				return err
			}
		}
	}
}
