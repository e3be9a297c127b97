package ratelimit

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/document"
	"authgraph/graph/reqctx"
	"authgraph/internal/network"
)

// The unit of work is a field that is resolved, which takes 1.4 to 1.9 µs of processor time.
const (
	// FreeWork is the work below which a request is neither counted nor waits for a turn. To receive and refuse it would
	// take about as much processor time, 80 to 100 µs.
	FreeWork = 100
	// maxReading bounds the work of reading a document and its variables.
	maxReading = 10_000
	// mutationWork is the work of a mutation without a limit of its own: a few statements.
	mutationWork = 100
	// anonymousWindow is the window of AUTHGRAPH_ANONYMOUS_WORK.
	anonymousWindow = time.Minute
)

// The reasons for which work of an anonymous client is refused, for the metrics.
const (
	RefusedBudget = "budget" // the client, or a network around it, has used up its budget
	RefusedTurn   = "turn"   // its turn did not come in time
)

// AnonymousRefusals returns every reason.
func AnonymousRefusals() []string { return []string{RefusedBudget, RefusedTurn} }

// AnonymousWork is what a server does for clients without a valid access token, and how it is bounded.
type AnonymousWork struct {
	// Budget is the work that a single client may use in a minute, and a network around it by network.Level.Share. 0: no
	// budget.
	Budget int64
	// Hashing reports whether passwords wait to be hashed.
	Hashing func() bool
	// Worked gets the duration of each turn, Refused the reason of each refusal.
	Worked  func(time.Duration)
	Refused func(reason string)
}

// Anonymous bounds the work of anonymous clients. Sign-ins have a budget of their own, which queries can't use up, and the
// limits of their fields (@rateLimit). Hashing waits in another queue.
type Anonymous struct {
	queries   *network.Window // nil: no budget
	mutations *network.Window
	turns     *turns
	signIns   *turns // in which documents of mutations are read
	refused   func(reason string)
	counted   func(object, field string) bool // whether a root field counts
}

// NewAnonymous takes the coordinates of the fields that have limits of their own.
func NewAnonymous(o AnonymousWork, policy *auth.Policy, limits map[string]*FieldLimits, now func() time.Time) *Anonymous {
	if o.Hashing == nil {
		o.Hashing = func() bool { return false }
	}
	if o.Worked == nil {
		o.Worked = func(time.Duration) {}
	}
	if o.Refused == nil {
		o.Refused = func(string) {}
	}
	a := &Anonymous{
		turns: newTurns(o.Hashing, o.Worked), signIns: newTurns(o.Hashing, o.Worked), refused: o.Refused,
	}
	a.counted = func(object, field string) bool {
		return policy.Public(object, field) && limits[object+"."+field] == nil
	}
	if o.Budget > 0 {
		a.queries = network.NewWindow(o.Budget, anonymousWindow, maxNetworks, now)
		a.mutations = network.NewWindow(o.Budget, anonymousWindow, maxNetworks, now)
	}
	return a
}

// Take takes work from the budget of a client. The error is RATE_LIMITED.
func (a *Anonymous) Take(client network.Path, mutation bool, work int) error {
	if work < FreeWork || a.queries == nil {
		return nil
	}
	budget := a.queries
	if mutation {
		budget = a.mutations
	}
	if remaining, ok := budget.Add(client, int64(work)); !ok {
		a.refused(RefusedBudget)
		return account.RateLimited(remaining)
	}
	return nil
}

// Enter waits for the turn of a query. leave must be called.
func (a *Anonymous) Enter(ctx context.Context, client network.Path) (leave func(), err error) {
	return a.wait(ctx, a.turns, client)
}

func (a *Anonymous) wait(ctx context.Context, turns *turns, client network.Path) (leave func(), err error) {
	leave, err = turns.enter(ctx, client)
	if errors.Is(err, reqctx.ErrNoPlace) {
		a.refused(RefusedTurn)
	}
	return leave, err
}

// ReadVariables takes the work of reading the variables of a request.
func (a *Anonymous) ReadVariables(client network.Path, p *graphql.RawParams) error {
	values, _ := reqctx.SizeOfValue(p.Variables)
	return a.Take(client, isMutation(p.Query), int(min(values, maxReading)))
}

// Read takes the work of reading a document that was not read before, and waits for its turn. leave must be called.
func (a *Anonymous) Read(ctx context.Context, client network.Path, source string) (leave func(), err error) {
	work, turns, mutation := min(len(source), maxReading), a.turns, isMutation(source)
	if err := a.Take(client, mutation, work); err != nil || work < FreeWork {
		return func() {}, err
	}
	if mutation {
		turns = a.signIns
	}
	return a.wait(ctx, turns, client)
}

// Work returns the work of executing an operation for an anonymous client. Guarded root fields are refused, so they take none.
func (a *Anonymous) Work(costs *document.Costs, op *graphql.OperationContext) (work int) {
	switch op.Operation.Operation {
	case ast.Query:
		work = costs.Work(op.Operation, op.Variables, func(root string) bool { return a.counted("Query", root) })
	case ast.Mutation:
		for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Mutation"}) {
			if field.Name != "__typename" && a.counted("Mutation", field.Name) {
				work += mutationWork
			}
		}
	}
	return work
}

// isMutation reports whether a document begins with a mutation.
func isMutation(source string) bool {
	for {
		source = strings.TrimLeft(source, "\ufeff \t\r\n,")
		if !strings.HasPrefix(source, "#") {
			break
		}
		end := strings.IndexAny(source, "\r\n")
		if end < 0 {
			return false
		}
		source = source[end:]
	}
	rest, ok := strings.CutPrefix(source, "mutation")
	return ok && (rest == "" || strings.ContainsRune(" \t\r\n,{(@#", rune(rest[0])))
}
