package smtptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options change a server.
type Options struct {
	ImplicitTLS    bool // encrypted from the first byte
	NoTLS          bool // without STARTTLS
	User, Password string
	UTF8           bool
	// Answer decides about a step: "CONNECT", "MAIL", "RCPT", "DATA", or "END" after the reply to a mail. It returns nil,
	// Reply, Drop, Stall or Vanish. value is an address, and the mail for DATA.
	Answer func(step, value string) error
}

var (
	// Drop closes the connection in place of a reply.
	Drop = errors.New("drop")
	// Stall replies nothing until the server stops.
	Stall = errors.New("stall")
	// Vanish accepts the mail, and closes the connection in place of the reply.
	Vanish = errors.New("vanish")
)

// Reply is an error reply.
func Reply(code int, enhanced [3]int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode(enhanced), Message: text}
}

// Received is a mail that the server has accepted.
type Received struct {
	From, To string
	Data     string
}

// Server is a mail server on loopback.
type Server struct {
	Host string
	Port int

	options     Options
	certificate tls.Certificate
	roots       *x509.CertPool
	stopped     chan struct{}
	connections atomic.Int64
	mu          sync.Mutex
	mails       []Received
	open        []net.Conn
}

// New starts a server, which stops with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{options: o, stopped: make(chan struct{})}
	s.makeCertificate(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	s.Host, s.Port = "127.0.0.1", address.Port
	listener = counting{listener, s}
	server := smtp.NewServer(smtp.BackendFunc(s.session))
	server.Domain, server.AllowInsecureAuth, server.EnableSMTPUTF8 = "localhost", o.NoTLS, o.UTF8
	server.ErrorLog = quiet{}
	config := &tls.Config{Certificates: []tls.Certificate{s.certificate}, MinVersion: tls.VersionTLS12}
	if o.ImplicitTLS {
		listener = tls.NewListener(listener, config)
	} else if !o.NoTLS {
		server.TLSConfig = config
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // it returns when the test closes the server
	}()
	t.Cleanup(func() {
		close(s.stopped)
		_ = server.Close()
		<-done
	})
	return s
}

// ClientTLS returns a configuration that trusts the server alone.
func (s *Server) ClientTLS() *tls.Config {
	return &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12}
}

// Mails returns the accepted mails.
func (s *Server) Mails() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.mails...)
}

// CloseConnections closes all connections.
func (s *Server) CloseConnections() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.open {
		_ = conn.Close()
	}
	s.open = nil
}

// Connections returns the number of connections so far.
func (s *Server) Connections() int64 { return s.connections.Load() }

func (s *Server) makeCertificate(t testing.TB) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(parsed)
	s.certificate = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	session := &session{server: s, conn: c}
	return session, session.answer("CONNECT", "")
}

// counting counts the connections of a listener.
type counting struct {
	net.Listener
	server *Server
}

// Accept implements net.Listener.
func (l counting) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.server.connections.Add(1)
		l.server.mu.Lock()
		l.server.open = append(l.server.open, conn)
		l.server.mu.Unlock()
	}
	return conn, err
}

// session is a connection.
type session struct {
	server   *Server
	conn     *smtp.Conn
	signedIn bool
	from, to string
}

func (c *session) answer(step, value string) error {
	if c.server.options.Answer == nil {
		return nil
	}
	err := c.server.options.Answer(step, value)
	switch {
	case errors.Is(err, Drop):
		_ = c.conn.Conn().Close()
	case errors.Is(err, Stall):
		<-c.server.stopped
	}
	return err
}

// Mail implements smtp.Session.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.server.options.User != "" && !c.signedIn {
		return smtp.ErrAuthRequired
	}
	c.from = from
	return c.answer("MAIL", from)
}

// Rcpt implements smtp.Session.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = to
	return c.answer("RCPT", to)
}

// Data implements smtp.Session.
func (c *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	err = c.answer("DATA", string(text))
	if err != nil && !errors.Is(err, Vanish) {
		return err
	}
	c.server.mu.Lock()
	c.server.mails = append(c.server.mails, Received{c.from, c.to, string(text)})
	c.server.mu.Unlock()
	if err != nil {
		_ = c.conn.Conn().Close()
	}
	return err
}

// Reset implements smtp.Session.
func (c *session) Reset() {
	if c.to != "" {
		_ = c.answer("END", c.to) // no reply is left to give
	}
	c.from, c.to = "", ""
}

// Logout implements smtp.Session.
func (c *session) Logout() error { return nil }

// AuthMechanisms implements smtp.AuthSession.
func (c *session) AuthMechanisms() []string {
	if c.server.options.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth implements smtp.AuthSession.
func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != c.server.options.User || password != c.server.options.Password {
			return smtp.ErrAuthFailed
		}
		c.signedIn = true
		return nil
	}), nil
}

// quiet drops the server's log, because faults are what tests ask for.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}
