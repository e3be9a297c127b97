package graph

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// The bounds of what refusals can write within a minute: of one caller, and of one instance. Without them anybody with an
// account could fill the disk.
const (
	denialsPerCaller = 20
	denialsInAll     = 1000
)

// denialTimeout bounds how long an answer waits for a refusal to be written down.
const denialTimeout = 5 * time.Second

// denials records in the audit log when a signed-in caller is refused a mutation, or a field that needs a permission. It
// records once per minute for each caller, field and code. It sees errors alone, so a success costs nothing.
type denials struct {
	audit   account.AuditLog
	log     *slog.Logger
	now     func() time.Time
	watched map[string]bool // coordinates of fields

	mu       sync.Mutex
	minute   int64
	recorded map[denial]bool
	each     map[string]int // by the account
}

// denial is a refusal that is recorded once.
type denial struct {
	caller, session, field string
	code                   auth.Code
}

func newDenials(log account.AuditLog, out *slog.Logger, p *auth.Policy) *denials {
	d := &denials{audit: log, log: out, now: time.Now, watched: map[string]bool{}}
	for _, e := range p.Entries() {
		watch := strings.HasPrefix(e.Field, "Mutation.")
		for _, rule := range e.AnyOf {
			watch = watch || len(rule.Permissions) > 0 || len(rule.Roles) > 0
		}
		d.watched[e.Field] = watch
	}
	return d
}

// note writes down an error that is about to be shown, if it is such a refusal. A client that goes away does not keep it
// from being written.
func (d *denials) note(ctx context.Context, shown *gqlerror.Error) {
	code, _ := shown.Extensions["code"].(auth.Code)
	switch code {
	case auth.Forbidden, auth.SecondFactorRequired, auth.ReauthenticationRequired:
	default:
		return
	}
	fc := graphql.GetFieldContext(ctx)
	if fc == nil || fc.Field.Field == nil {
		return
	}
	field := fc.Object + "." + fc.Field.Name
	caller, err := auth.From(ctx)
	if err != nil || !d.watched[field] || !d.first(denial{caller.Subject, caller.Session, field, code}) {
		return
	}
	client := reqctx.ClientOf(ctx)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), denialTimeout)
	defer cancel()
	err = d.audit.Note(ctx, account.AuditNote{
		Action: account.ActionDenied, Outcome: account.Failed, Actor: caller.Subject, Impersonator: caller.Actor, Session: caller.Session,
		Client: client.Clean(), Details: map[string]any{"field": field, "code": code},
	})
	if err != nil {
		d.log.ErrorContext(ctx, "denial could not be written to the audit log", "field", field, "code", code, "error", err.Error())
	}
}

// first reports whether to record a refusal: it was not recorded within this minute, and the limits permit it.
func (d *denials) first(refusal denial) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if minute := d.now().Unix() / 60; minute != d.minute || d.recorded == nil {
		d.minute, d.recorded, d.each = minute, map[denial]bool{}, map[string]int{}
	}
	if d.recorded[refusal] || len(d.recorded) >= denialsInAll || d.each[refusal.caller] >= denialsPerCaller {
		return false
	}
	d.recorded[refusal] = true
	d.each[refusal.caller]++
	return true
}
