package graph

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
)

// maxActions is the maximum number of actions in a filter.
const maxActions = 20

// auditArguments are the arguments of Query.auditEvents.
type auditArguments struct {
	first, last   *int
	after, before *string
	filter        *model.AuditFilter
}

// AuditEvents implements generated.QueryResolver.
func (r *queryResolver) AuditEvents(
	ctx context.Context, first *int, after *string, last *int, before *string, filter *model.AuditFilter,
) (*model.AuditEventConnection, error) {
	q, err := auditArguments{first, last, after, before, filter}.query()
	if err != nil {
		return nil, err
	}
	page, err := r.log.AuditPage(ctx, q)
	if err != nil {
		return nil, err
	}
	c := &model.AuditEventConnection{}
	c.Edges, c.PageInfo = connect(page.Events, page.HasNext, page.HasPrev,
		func(e *account.AuditEvent) string { return auditCursor(e.Cursor()) },
		func(cursor string, e *account.AuditEvent) *model.AuditEventEdge {
			return &model.AuditEventEdge{Cursor: cursor, Node: e}
		})
	if selected(ctx, "totalCount") {
		n, err := r.log.CountAudit(ctx, q.Filter, maxCounted+1)
		if err != nil {
			return nil, err
		}
		c.TotalCount = counted(n)
	}
	return c, nil
}

func (a auditArguments) query() (q account.AuditQuery, err error) {
	if q.Limit, q.Backward, err = sizeOf(a.first, a.last); err != nil {
		return q, err
	}
	if q.After, err = openAuditCursor("after", a.after); err != nil {
		return q, err
	}
	if q.Before, err = openAuditCursor("before", a.before); err != nil {
		return q, err
	}
	q.Filter, err = auditFilter(a.filter)
	return q, err
}

// action is the form of an action. Other texts match no action, and may hold characters that a database rejects.
var action = regexp.MustCompile(`^[a-z]+(\.[a-z_]+)+$`)

// noAccount is an id that no account has.
var noAccount = ""

func auditFilter(in *model.AuditFilter) (f account.AuditFilter, err error) {
	if in == nil {
		return f, nil
	}
	if len(in.Actions) > maxActions {
		return f, badPage("filter.actions", auth.ValueTooLong, "At most 20 actions at once")
	}
	f = account.AuditFilter{
		ActorID: accountOf(in.ActorID), SubjectID: accountOf(in.SubjectID), AccountID: accountOf(in.AccountID), Outcome: in.Outcome, Since: in.Since, Until: in.Until,
	}
	if in.Actions != nil {
		f.Actions = []string{}
	}
	for _, a := range in.Actions {
		if action.MatchString(a) {
			f.Actions = append(f.Actions, a)
		}
	}
	return f, nil
}

// accountOf returns an id for a query. An invalid id becomes the id of no account.
func accountOf(id *string) *string {
	if id != nil && !account.IsUserID(*id) {
		return &noAccount
	}
	return id
}

// AuditEvents implements generated.SubscriptionResolver.
func (r *subscriptionResolver) AuditEvents(ctx context.Context, in *model.AuditFilter) (<-chan *account.AuditEvent, error) {
	f, err := auditFilter(in)
	if err != nil {
		return nil, err
	}
	return r.auditStream.Follow(ctx, f)
}

// namedUser returns an account that an event names, in one query with all other accounts of the response. It returns nil
// if id is nil or the account has been erased.
func namedUser(ctx context.Context, id *string) (*account.User, error) {
	if id == nil {
		return nil, nil
	}
	return userOf(ctx, *id)
}

// auditKind is the kind of cursors of events.
const auditKind = "audit"

func auditCursor(m account.AuditCursor) string {
	return cursor(auditKind, strconv.FormatInt(m.At.UnixMicro(), 10)+":"+strconv.FormatInt(m.Position, 10))
}

func openAuditCursor(field string, cursor *string) (*account.AuditCursor, error) {
	if cursor == nil {
		return nil, nil
	}
	place, err := openCursor(field, auditKind, *cursor)
	if err != nil {
		return nil, err
	}
	micros, number, _ := strings.Cut(place, ":")
	at, badTime := strconv.ParseInt(micros, 10, 64)
	position, badPosition := strconv.ParseInt(number, 10, 64)
	if badTime != nil || badPosition != nil || at < 0 || position < 0 {
		return nil, badCursor(field)
	}
	return &account.AuditCursor{At: time.UnixMicro(at).UTC(), Position: position}, nil
}

// Actor implements generated.AuditEventResolver.
func (r *auditEventResolver) Actor(ctx context.Context, e *account.AuditEvent) (*account.User, error) {
	return namedUser(ctx, e.ActorID)
}

// Impersonator implements generated.AuditEventResolver.
func (r *auditEventResolver) Impersonator(ctx context.Context, e *account.AuditEvent) (*account.User, error) {
	return namedUser(ctx, e.ImpersonatorID)
}

// Subject implements generated.AuditEventResolver.
func (r *auditEventResolver) Subject(ctx context.Context, e *account.AuditEvent) (*account.User, error) {
	return namedUser(ctx, e.SubjectID)
}
