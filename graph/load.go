package graph

import (
	"context"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vikstrous/dataloadgen"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// loadWait is how long the fields of one answer are waited for that ask alike, so that one query serves them, unless Options
// say otherwise.
const loadWait = time.Millisecond

// loaders read what many fields of one answer ask for, in batches.
type loaders struct {
	from   batches
	answer answerSize

	once     sync.Once                                  // most answers need none
	users    *dataloadgen.Loader[string, *account.User] // nil for one that does not exist
	sessions *dataloadgen.Loader[sessionsKey, account.SessionPage]

	onePart sync.Once
	part    *ast.Schema // the part that the caller could use
}

func (l *loaders) begin() {
	l.users = dataloadgen.NewLoader(l.from.users, dataloadgen.WithWait(l.from.wait))
	l.sessions = dataloadgen.NewLoader(l.from.sessions, dataloadgen.WithWait(l.from.wait))
}

// sessionsKey is a page of an account's sessions.
type sessionsKey struct {
	userID string
	page   account.Page
}

type loadersKey struct{}

// batches is an extension that gives each answer its loaders: what they remember lasts no longer than it. Each event of
// a subscription is an answer.
type batches struct {
	reader  account.Reader
	wait    time.Duration
	byRole  *byRole // nil where everybody sees the whole schema
	measure *measure
	present *presenter
	gate    *gate
}

// ExtensionName implements graphql.HandlerExtension.
func (batches) ExtensionName() string { return "Batches" }

// Validate implements graphql.HandlerExtension.
func (batches) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptResponse implements graphql.ResponseInterceptor.
func (b batches) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	began := time.Now()
	l := &loaders{from: b}
	if p := reqctx.PlaceOf(ctx); p != nil {
		if p.Turn != reqctx.NoTurn {
			leave, err := b.gate.enter(ctx, p)
			if err != nil {
				return refusedResponse(ctx, b.present, err)
			}
			defer leave()
		}
		p.NextAnswer()
		l.answer.place = p
	}
	ctx = context.WithValue(ctx, loadersKey{}, l)
	response := l.answer.bounded(ctx, next(ctx), b.present)
	b.measure.note(ctx, response, began)
	return response
}

func loadersOf(ctx context.Context) (*loaders, error) {
	l, ok := ctx.Value(loadersKey{}).(*loaders)
	if !ok {
		return nil, &auth.Error{Code: auth.Internal, Message: "Internal server error; the requestId names it in the log"}
	}
	l.once.Do(l.begin)
	return l, nil
}

// partOf returns the part of the schema that the caller could use, which is found out once for an answer and not kept any
// longer: it depends on the caller. It is nil where introspection shows everybody everything.
func partOf(ctx context.Context) *ast.Schema {
	l, ok := ctx.Value(loadersKey{}).(*loaders)
	if !ok || l.from.byRole == nil {
		return nil
	}
	l.onePart.Do(func() { l.part = l.from.byRole.part(ctx) })
	return l.part
}

// userOf returns an account, nil if it does not exist, in one query with all the others of the answer.
func userOf(ctx context.Context, id string) (*account.User, error) {
	l, err := loadersOf(ctx)
	if err != nil {
		return nil, err
	}
	return l.users.Load(ctx, id)
}

// sessionsOf returns a page of an account's sessions in the same way.
func sessionsOf(ctx context.Context, userID string, p account.Page) (account.SessionPage, error) {
	l, err := loadersOf(ctx)
	if err != nil {
		return account.SessionPage{}, err
	}
	return l.sessions.Load(ctx, sessionsKey{userID, p})
}

func (b batches) users(ctx context.Context, ids []string) ([]*account.User, []error) {
	found, err := b.reader.UsersByID(ctx, ids)
	if err != nil {
		return nil, []error{err}
	}
	byID := map[string]*account.User{}
	for _, u := range found {
		byID[u.ID] = u
	}
	users := make([]*account.User, len(ids))
	for i, id := range ids {
		users[i] = byID[id]
	}
	return users, nil
}

// sessions makes one query for each kind of page, of which a document has few.
func (b batches) sessions(ctx context.Context, keys []sessionsKey) ([]account.SessionPage, []error) {
	owners := map[account.Page][]string{}
	for _, k := range keys {
		owners[k.page] = append(owners[k.page], k.userID)
	}
	found := map[sessionsKey]account.SessionPage{}
	for page, ids := range owners {
		pages, err := b.reader.Sessions(ctx, ids, page)
		if err != nil {
			return nil, []error{err}
		}
		for id, p := range pages {
			found[sessionsKey{id, page}] = p
		}
	}
	pages := make([]account.SessionPage, len(keys))
	for i, k := range keys {
		pages[i] = found[k]
	}
	return pages, nil
}
