package mail

import (
	"context"
	"fmt"
	"strings"
)

// Sender sends mails. Send may be called concurrently. Its error is a SendError, or the error of the context.
type Sender interface {
	Send(ctx context.Context, r *Rendered) error
}

// SendError says why a mail was not sent. Its text has neither the recipient nor the server's words, which quote the
// recipient.
type SendError struct {
	Permanent bool   // the recipient's server refuses the mail for good
	Step      string // step of the delivery
	Code      int    // SMTP reply; 0 for none
	Enhanced  string // RFC 3463; "" for none
	cause     error  // error of the network or TLS; nil for a reply
}

// Error implements error.
func (e *SendError) Error() string {
	var b strings.Builder
	b.WriteString(e.Step)
	b.WriteString(": ")
	switch {
	case e.Code != 0:
		_, _ = fmt.Fprintf(&b, "the mail server replied %d", e.Code)
		if e.Enhanced != "" {
			b.WriteString(" " + e.Enhanced)
		}
	case e.cause != nil:
		b.WriteString(e.cause.Error())
	default:
		b.WriteString("the connection failed")
	}
	return b.String()
}

// Unwrap returns the error of the network or TLS.
func (e *SendError) Unwrap() error { return e.cause }
