package stream

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"

	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// Subprotocol is the one that is spoken: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md.
const Subprotocol = "graphql-transport-ws"

// The closing codes of the protocol that gqlgen gives others for.
const (
	closeBadMessage     = 4400
	closeInitTimeout    = 4408
	closeTooManyStreams = 4429

	closeSubscriberExists = 4409
)

const (
	pingInterval = 25 * time.Second // under the minute after which proxies cut what is idle
	// closeGrace is how long a client may take to answer the close frame.
	closeGrace = 2 * time.Second
)

// socket is the state of a connection, in addition to gqlgen's own.
type socket struct {
	openings *openings
	leave    func() // its place in openings
	conn     *socketConn

	mu     sync.Mutex
	ctx    context.Context // the connection's, after its acknowledgement
	done   func()
	gone   bool   // the connection is closed
	broken breach // a message that violates the protocol

	opened    time.Time
	initTimer *time.Timer
	cutTimer  *time.Timer // nil until the close frame is written

	requestID string
	maxValues int // JSON values in the variables and extensions of an operation

	initialized bool // connection_init was received
	operations  operations
	sending     sync.Mutex // held while a message of an operation is written; taken before mu
}

// breach is what a connection closes with after a message that breaks the protocol.
type breach struct {
	code   int
	reason string
}

var (
	breachMessage      = breach{closeBadMessage, "Invalid message"}
	breachUnauthorized = breach{closeSessionEnded, "Unauthorized"}
	breachSecondInit   = breach{closeTooManyStreams, "Too many initialisation requests"}
	breachSubscriber   = breach{closeSubscriberExists, "Subscriber already exists"}
	breachOperations   = breach{closeTooManyStreams, string(errTooManyStreams.Code)}
	breachInitTimeout  = breach{closeInitTimeout, "Connection initialisation timeout"}
)

type socketKey struct{}

// Sockets serves GraphQL over WebSocket.
type Sockets struct {
	Authenticator auth.Authenticator
	Streams       *Registry
	Allowed       func(*http.Request) bool // whether a page of the request's origin may open a socket
	ReadLimit     int64                    // maximum size of a message, in bytes
	MaxValues     int                      // JSON values in the variables and extensions of an operation
}

// Handshake refuses requests that must not become sockets, and passes the others to upgrade. Ordinary requests go to next.
func (s *Sockets) Handshake(next, upgrade http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			next.ServeHTTP(w, r)
			return
		}
		if !offersSocket(r) {
			next.ServeHTTP(w, withoutUpgrade(r))
			return
		}
		switch {
		case !s.Allowed(r):
			http.Error(w, "Sockets are for pages of this origin, and of those that the server lists.", http.StatusForbidden)
		case !slices.Contains(subprotocols(r), Subprotocol):
			http.Error(w, "The subprotocol must be "+Subprotocol+".", http.StatusBadRequest)
		default:
			leave, err := s.Streams.opening.enter(reqctx.ClientOf(r.Context()).Path())
			if err != nil {
				s.Streams.refused(boundOpening)
				w.Header().Set("Retry-After", strconv.Itoa(int(errTooManyStreams.RetryAfter.Seconds())))
				http.Error(w, errTooManyStreams.Message, http.StatusServiceUnavailable)
				return
			}
			k := &socket{openings: s.Streams.opening, leave: leave, requestID: reqctx.RequestID(r.Context()), maxValues: s.MaxValues}
			upgrade.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), socketKey{}, k)))
		}
	})
}

// HoldPlace serves a socket, whose place is taken until that is over.
func HoldPlace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k, _ := r.Context().Value(socketKey{}).(*socket)
		defer k.close()
		next.ServeHTTP(w, r)
	})
}

func subprotocols(r *http.Request) (names []string) {
	for _, value := range r.Header.Values("Sec-WebSocket-Protocol") {
		for name := range strings.SplitSeq(value, ",") {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

// Transport returns the transport of sockets.
func (s *Sockets) Transport() gqltransport.Websocket {
	return gqltransport.Websocket{
		Implementation: socketImplementation{}, InitFunc: s.init, PingPongInterval: pingInterval,
		PayloadReadLimit: &s.ReadLimit,
	}
}

// init authenticates a connection: DESIGN 5. An anonymous client may connect, and use public fields.
func (s *Sockets) init(
	ctx context.Context, payload gqltransport.InitPayload,
) (context.Context, *gqltransport.InitPayload, error) {
	onOwnStack(func() { ctx = auth.Init(ctx, s.Authenticator, payload) })
	clear(payload) // gqlgen holds it as long as the connection, and the token in it
	if _, err := auth.From(ctx); err != nil && !errors.Is(err, auth.ErrTokenMissing) {
		return refusedInit(ctx, closingOf(err))
	}
	k, _ := ctx.Value(socketKey{}).(*socket)
	k.leave()
	begun, done, err := s.Streams.add(ctx)
	if err != nil {
		c := closingOf(err)
		switch {
		case errors.Is(err, errTooManyStreams):
			c.code = closeTooManyStreams
		case errors.Is(err, errRestart):
			c.code = closeRestart
		}
		return refusedInit(ctx, c)
	}
	k.begin(begun, done)
	return begun, nil, nil
}

func refusedInit(ctx context.Context, c *closing) (context.Context, *gqltransport.InitPayload, error) {
	ctx = gqltransport.AppendCloseReason(gqltransport.WithWebsocketCloseCode(ctx, c.code), c.reason())
	return ctx, nil, c
}

// reason is the text of a close frame: an ErrorReason, or else an ErrorCode.
func (c *closing) reason() string {
	if c.refusal.Reason != "" {
		return string(c.refusal.Reason)
	}
	return string(c.refusal.Code)
}

func (k *socket) begin(ctx context.Context, done func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ctx, k.done = ctx, done
	if k.gone {
		done()
	}
}

// close is called when the socket is no longer served. Its places stay taken while its connection is open.
func (k *socket) close() {
	if k.conn == nil {
		k.release()
		return
	}
	k.cutSoon()
}

// cutSoon closes the connection if the client does not answer the close frame.
func (k *socket) cutSoon() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.gone && k.cutTimer == nil {
		k.cutTimer = time.AfterFunc(closeGrace, func() { _ = k.conn.under.Close() })
	}
}

// release gives the places back. A second call does nothing.
func (k *socket) release() {
	k.leave()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.gone = true
	for _, timer := range []*time.Timer{k.initTimer, k.cutTimer} {
		if timer != nil {
			timer.Stop()
		}
	}
	if k.done != nil {
		k.done()
	}
}

// closing puts our own code and reason in place of gqlgen's, which closes with 1000 whatever the cause.
func (k *socket) closing(code int, reason string) (int, string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var c *closing
	switch {
	case k.ctx != nil && errors.As(context.Cause(k.ctx), &c):
		return c.code, c.reason()
	case k.broken.code != 0:
		return k.broken.code, k.broken.reason
	case code == gqltransport.WebsocketCloseProtocolError:
		return closeBadMessage, "Invalid message"
	default:
		return code, reason
	}
}
