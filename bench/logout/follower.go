package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"authgraph/bench/target"
)

// follow subscribes to the events of operations of impersonators.
const follow = `subscription { auditEvents(filter: {actions: ["impersonation.operation"]}) { at } }`

// follower is an open subscription to the audit log of one instance.
type follower struct {
	conn *websocket.Conn
	ctx  context.Context
}

// message is one of graphql-transport-ws.
type message struct {
	ID      string `json:"id,omitempty"`
	Type    string `json:"type"`
	Payload any    `json:"payload,omitempty"`
}

// following opens a subscription and returns when its first event has come.
func following(ctx context.Context, s *target.Server, token string) (*follower, error) {
	conn, _, err := websocket.Dial(ctx, "ws://"+s.Address+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"},
	})
	if err != nil {
		return nil, err
	}
	f := &follower{conn, ctx}
	err = f.send(message{Type: "connection_init", Payload: map[string]string{"Authorization": "Bearer " + token}})
	if err == nil {
		err = f.ask("1", follow)
	}
	for err == nil {
		var e event
		if e, err = f.next(); err == nil && e.of == "1" {
			if e.refused != "" {
				return f, fmt.Errorf("a subscription was refused: %s", e.refused)
			}
			return f, nil
		}
	}
	return f, err
}

func (f *follower) close() { _ = f.conn.CloseNow() } // it was read to where it matters

func (f *follower) send(m message) error { return wsjson.Write(f.ctx, f.conn, m) }

func (f *follower) ask(id, document string) error {
	return f.send(message{ID: id, Type: "subscribe", Payload: map[string]string{"query": document}})
}

// event is what has come for an operation.
type event struct {
	of      string
	at      time.Time // by the database's clock, which is this machine's
	refused string    // the answer instead, where it has an error
}

func (f *follower) next() (e event, err error) {
	var m struct {
		ID, Type string
		Payload  json.RawMessage
	}
	if err := wsjson.Read(f.ctx, f.conn, &m); err != nil {
		return e, err
	}
	e.of = m.ID
	if text := string(m.Payload); m.Type == "error" || strings.Contains(text, `"errors"`) {
		e.refused = text
		return e, nil
	}
	var got struct {
		Data struct{ AuditEvents struct{ At time.Time } }
	}
	if m.Type == "next" {
		err = json.Unmarshal(m.Payload, &got)
	}
	e.at = got.Data.AuditEvents.At
	return e, err
}

// until reads events of the subscription until one is as wanted. It returns how many of them were late, the last one too.
func (f *follower) until(lost time.Time, wanted func(event) bool) (late int, err error) {
	for {
		e, err := f.next()
		if err != nil {
			return late, err
		}
		if e.of == "1" && e.at.Sub(lost) > bound {
			late++
		}
		if wanted(e) {
			return late, nil
		}
	}
}
