package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

const (
	// smtpTimeout bounds the connecting to a mail server, and the sending of a mail.
	smtpTimeout = 20 * time.Second
	// smtpIdle is the time after which an unused connection is closed. Servers close them after some minutes.
	smtpIdle = 30 * time.Second
	// smtpPool is the maximum number of unused connections.
	smtpPool = 4
	// smtpReuse is the maximum number of mails per connection. Many servers refuse more than 100.
	smtpReuse = 50
)

// Encryption says how the connection to the mail server is encrypted.
type Encryption int

// The ways of encryption.
const (
	StartTLS    Encryption = iota // required after the greeting
	ImplicitTLS                   // from the first byte
	NoTLS                         // for a relay on this machine
)

// SMTPSettings describe a mail server.
type SMTPSettings struct {
	Host           string
	Port           int
	User, Password string // "" for a server without authentication
	Encryption     Encryption
	From           netmail.Address
	TLS            *tls.Config   // nil for the system's certificate authorities
	Timeout        time.Duration // 0 for 20 s
}

// SMTP sends mails by a mail server. It keeps connections for the next mails.
type SMTP struct {
	settings SMTPSettings
	mu       sync.Mutex
	idle     []*smtpConn
}

// smtpConn is a connection on which the client has signed in.
type smtpConn struct {
	client  *gomail.Client
	session *smtp.Client
	conn    net.Conn
	mails   int
	expiry  *time.Timer // while it is idle
}

// NewSMTP returns a sender. It connects when the first mail is sent.
func NewSMTP(s SMTPSettings) *SMTP {
	if s.Timeout == 0 {
		s.Timeout = smtpTimeout
	}
	if s.TLS == nil {
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	s.TLS = s.TLS.Clone()
	s.TLS.ServerName = s.Host
	return &SMTP{settings: s}
}

// Send implements Sender.
func (s *SMTP) Send(ctx context.Context, r *Rendered) error {
	m, err := message(s.settings.From, r)
	if err != nil {
		return &SendError{Permanent: true, Step: "writing the mail", cause: err}
	}
	// 1. Reuse a connection. The server may have closed it, and then the mail needs a new one.
	if c := s.take(); c != nil {
		if err := s.sendOn(ctx, c, m); !isStale(err) {
			return sendError(ctx, err)
		}
	}
	// 2. Connect.
	c, err := s.dial(ctx)
	if err != nil {
		return dialError(ctx, err)
	}
	return sendError(ctx, s.sendOn(ctx, c, m))
}

// sendOn sends a mail on c, and keeps c for another mail if it can.
func (s *SMTP) sendOn(ctx context.Context, c *smtpConn, m *gomail.Msg) error {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.Close() }) // ends a blocked read or write
	err := errStale
	if c.session.UpdateDeadline(s.settings.Timeout) == nil {
		err = c.client.SendWithSMTPClient(c.session, m)
	}
	alive := stop() && err == nil
	if c.mails++; alive && c.mails < smtpReuse {
		s.keep(c)
	} else {
		c.close(alive)
	}
	if m.IsDelivered() { // the server has accepted the mail, whatever came next
		return nil
	}
	return err
}

// dial connects and signs in.
func (s *SMTP) dial(ctx context.Context) (*smtpConn, error) {
	limited, cancel := context.WithTimeout(ctx, s.settings.Timeout)
	defer cancel()
	c, stop := &smtpConn{}, func() bool { return true }
	connect := func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
		address := net.JoinHostPort(s.settings.Host, strconv.Itoa(s.settings.Port))
		if s.settings.Encryption == ImplicitTLS {
			conn, err = (&tls.Dialer{Config: s.settings.TLS}).DialContext(ctx, "tcp", address)
		} else {
			conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", address)
		}
		if err != nil {
			return nil, err
		}
		c.conn = conn
		stop = context.AfterFunc(limited, func() { _ = conn.Close() })
		return conn, nil
	}
	options := []gomail.Option{
		gomail.WithDialContextFunc(connect), gomail.WithTimeout(s.settings.Timeout), gomail.WithTLSConfig(s.settings.TLS),
	}
	switch s.settings.Encryption {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case ImplicitTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic)) // the connection is encrypted already
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.settings.User != "" {
		options = append(options, gomail.WithUsername(s.settings.User), gomail.WithPassword(s.settings.Password))
		if s.settings.Encryption == NoTLS {
			options = append(options, gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlainNoEnc))
		} else {
			options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
		}
	}
	var err error
	if c.client, err = gomail.NewClient(s.settings.Host, options...); err != nil {
		return nil, err
	}
	c.session, err = c.client.DialToSMTPClientWithContext(limited)
	if stop(); err != nil {
		if c.conn != nil { // go-mail does not close it
			_ = c.conn.Close()
		}
		return nil, err
	}
	return c, nil
}

// take returns an idle connection; nil without one.
func (s *SMTP) take() *smtpConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.idle) > 0 {
		c := s.idle[len(s.idle)-1]
		s.idle = s.idle[:len(s.idle)-1]
		if c.expiry.Stop() {
			return c
		}
	}
	return nil
}

// keep makes c idle, for at most smtpIdle.
func (s *SMTP) keep(c *smtpConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.idle) >= smtpPool {
		go c.close(true)
		return
	}
	c.expiry = time.AfterFunc(smtpIdle, func() { s.expire(c) })
	s.idle = append(s.idle, c)
}

func (s *SMTP) expire(c *smtpConn) {
	s.mu.Lock()
	for i, other := range s.idle {
		if other == c {
			s.idle = append(s.idle[:i:i], s.idle[i+1:]...)
			break
		}
	}
	s.mu.Unlock()
	c.close(true)
}

// Close closes the idle connections.
func (s *SMTP) Close() {
	for c := s.take(); c != nil; c = s.take() {
		c.close(true)
	}
}

// close closes c; politely if the server still responds.
func (c *smtpConn) close(politely bool) {
	if politely {
		_ = c.conn.SetDeadline(time.Now().Add(time.Second))
		_ = c.session.Quit() // the mails on it are delivered in both cases
	}
	_ = c.conn.Close()
}

// errStale says that a connection was closed while it was idle.
var errStale = errors.New("the connection was closed")

// isStale reports whether a connection was closed before a mail was sent on it.
func isStale(err error) bool {
	var sent *gomail.SendError
	return errors.Is(err, errStale) || errors.As(err, &sent) && sent.Reason == gomail.ErrConnCheck
}

// sendError returns err without the server's words. A reply to the recipient or to the contents is for good; a refusal of
// the sender or of the sign-in is the operator's to mend, so the mail is tried again.
func sendError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var sent *gomail.SendError
	if !errors.As(err, &sent) {
		return &SendError{Step: "sending"}
	}
	final := sent.Reason == gomail.ErrSMTPRcptTo || sent.Reason == gomail.ErrSMTPData || sent.Reason == gomail.ErrSMTPDataClose
	return &SendError{
		Permanent: final && sent.ErrorCode() >= 500, Step: stepOf(sent.Reason), Code: sent.ErrorCode(), Enhanced: sent.EnhancedStatusCode(),
	}
}

func stepOf(reason gomail.SendErrReason) string {
	switch reason {
	case gomail.ErrSMTPMailFrom:
		return "naming the sender"
	case gomail.ErrSMTPRcptTo:
		return "naming the recipient"
	case gomail.ErrSMTPData, gomail.ErrSMTPDataClose, gomail.ErrWriteContent:
		return "sending the contents"
	default:
		return "sending"
	}
}

// dialError returns err without the server's words.
func dialError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return &SendError{Step: "connecting", Code: reply.Code}
	}
	return &SendError{Step: "connecting", cause: err}
}
