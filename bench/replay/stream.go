package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// stream is a socket or an event stream.
type stream interface {
	write(ctx context.Context, text string) error
	read(ctx context.Context) (name, text string, err error) // errEnded: there is no more
}

var errEnded = errors.New("the stream has ended")

// follow does the steps of a request and adds each frame or event. Without steps it reads until the end.
func (s *side) follow(ctx context.Context, a *answer, r request, from stream) error {
	steps, n := r.steps, 0
	if len(steps) == 0 {
		steps = []string{"closed"}
	}
	for _, step := range steps {
		key, value, _ := strings.Cut(step, " ")
		value, err := s.fill(value)
		if err != nil {
			return err
		}
		switch key {
		case "send":
			err = from.write(ctx, value)
		case "wait":
			var d time.Duration
			d, err = time.ParseDuration(value)
			time.Sleep(d)
		case "do": // a document of another request, by a caller
			caller, document, _ := strings.Cut(value, " ")
			_, err = s.sendHTTP(ctx, request{as: caller, query: document})
		case "receive":
			var last int
			if last, err = strconv.Atoi(value); err == nil {
				n, err = a.receive(ctx, from, n, n+last)
			}
		case "closes": // frames of operations that end with the stream may come or not
			var frames answer
			if _, err = frames.receive(ctx, from, 0, 1000); errors.Is(err, errEnded) {
				*a = append(*a, slices.DeleteFunc(frames, func(e entry) bool { return !strings.HasPrefix(e.path, "close") })...)
			}
		default:
			n, err = a.receive(ctx, from, n, 1000)
		}
		if errors.Is(err, errEnded) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// receive adds frames and numbers them from n to last-1.
func (a *answer) receive(ctx context.Context, from stream, n, last int) (int, error) {
	for n < last {
		name, text, err := from.read(ctx)
		switch {
		case errors.Is(err, errEnded):
			a.addEnd(err)
			return n, err
		case err != nil:
			a.add(fmt.Sprintf("frame[%d]", n), "does not come")
			return n, errEnded
		case strings.HasPrefix(text, `{"type":"ping"`):
			continue
		}
		path := fmt.Sprintf("frame[%d]", n)
		a.add(path, name)
		if text != "" {
			if err := a.addJSON(path, text); err != nil {
				return n, err
			}
		}
		n++
	}
	return n, nil
}

var code = regexp.MustCompile(`^[A-Z_]+$`)

func (a *answer) addEnd(err error) {
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		a.add("end", "of the stream")
		return
	}
	a.add("close code", strconv.Itoa(int(closed.Code)))
	if code.MatchString(closed.Reason) { // any other is a message
		a.add("close reason", closed.Reason)
	}
}

// socket speaks graphql-transport-ws.
type socket struct{ conn *websocket.Conn }

func (c socket) write(ctx context.Context, text string) error {
	return c.conn.Write(ctx, websocket.MessageText, []byte(text))
}

func (c socket) read(ctx context.Context) (name, text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, data, err := c.conn.Read(ctx)
	if err != nil && ctx.Err() == nil {
		err = errors.Join(errEnded, err)
	}
	return "message", string(data), err
}

// openSocket opens a socket and does the steps of a request.
func (s *side) openSocket(ctx context.Context, r request) (a answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*patience)
	defer cancel()
	header := http.Header{}
	protocols := []string{"graphql-transport-ws"}
	for _, field := range r.header {
		name, value, _ := strings.Cut(field, ": ")
		if name == "Sec-WebSocket-Protocol" {
			protocols = []string{value}
			continue
		}
		header.Set(name, value)
	}
	options := &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: header, HTTPClient: s.client}
	conn, response, err := websocket.Dial(ctx, "ws://"+s.address+"/graphql", options) //nolint:bodyclose // Dial closes it
	if response == nil {
		return nil, err
	}
	a.addHeader(response)
	if err != nil {
		return a, nil // the handshake is refused
	}
	defer func() { _ = conn.CloseNow() }()
	return a, s.follow(ctx, &a, r, socket{conn})
}

// events reads server-sent events.
type events struct{ lines *bufio.Scanner }

func (*events) write(context.Context, string) error {
	return errors.New("an event stream takes no messages")
}

func (e *events) read(context.Context) (name, text string, err error) {
	for e.lines.Scan() {
		key, value, _ := strings.Cut(e.lines.Text(), ":")
		switch {
		case key == "event":
			name = strings.TrimSpace(value)
		case key == "data":
			text = strings.TrimSpace(value)
		case e.lines.Text() == "" && name != "":
			return name, text, nil
		}
	}
	if err := e.lines.Err(); err != nil {
		return "", "", err
	}
	return "", "", errEnded
}
