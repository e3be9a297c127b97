package graph

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
	"authgraph/graph/document"
	"authgraph/graph/ratelimit"
	"authgraph/graph/reqctx"
	"authgraph/internal/manifest"
)

const (
	// cachedSource bounds the text of the valid documents that are kept parsed, in bytes: several hundred of usual length.
	// Parsed, a document takes up to fifty times the bytes of its text.
	cachedSource = 256 << 10
	// maxCachedDocument is in bytes: most of a long one may be a comment.
	maxCachedDocument = 8 << 10
)

// documents reads what clients send, within limits. gqlgen would do so by itself, and without: its executor is handed
// documents that have been read, and refuses any other.
type documents struct {
	schema    *ast.Schema
	limits    document.Limits
	costs     *document.Costs
	good      *otter.Cache[string, *ast.QueryDocument]
	named     persisted
	stored    *trusted // nil: every document is served
	anonymous *ratelimit.Anonymous
}

// newDocuments fails if the schema has costs that can't be kept, or if a stored document can't be served.
func newDocuments(
	schema *ast.Schema, limits document.Limits, stored []manifest.Document, a *ratelimit.Anonymous,
) (*documents, error) {
	costs, err := document.NewCosts(schema)
	if err != nil {
		return nil, err
	}
	trusted, err := newTrusted(schema, stored, limits)
	if err != nil {
		return nil, err
	}
	// It prefers what is asked for often, so who sends one after the other drives out few.
	good := otter.Must(&otter.Options[string, *ast.QueryDocument]{
		MaximumWeight: cachedSource,
		Weigher:       func(source string, _ *ast.QueryDocument) uint32 { return uint32(len(source)) },
	})
	return &documents{schema, limits, costs, good, newPersisted(keptDocuments, anonymousDocuments), trusted, a}, nil
}

// read returns a document that may be executed. A document that was valid before is only looked up.
func (d *documents) read(ctx context.Context, source string) (*ast.QueryDocument, gqlerror.List) {
	if doc, ok := d.good.GetIfPresent(source); ok {
		return doc, nil
	}
	if client, ok := reqctx.AnonymousClient(ctx); ok {
		leave, err := d.anonymous.Read(ctx, client, source)
		if err != nil {
			return nil, gqlerror.List{gqlerror.Wrap(err)}
		}
		defer leave()
	}
	if p := reqctx.PlaceOf(ctx); p != nil && !p.Grow(min(reqctx.DocumentFactor*int64(len(source)), reqctx.MaxDocumentBytes)) {
		return nil, gqlerror.List{reqctx.ErrNoPlace.GraphQL()}
	}
	doc, errs := document.Read(d.schema, source, d.limits)
	if errs == nil && len(source) <= maxCachedDocument {
		d.good.Set(source, doc)
	}
	return doc, errs
}

// asked returns the document that p asks for, which it may name by its hash.
func (d *documents) asked(ctx context.Context, p *graphql.RawParams) (*ast.QueryDocument, string, gqlerror.List) {
	if d.stored != nil {
		found, refused := d.stored.find(p)
		if refused != nil {
			return nil, "", gqlerror.List{refused}
		}
		p.Query = found.Source
		return found.Query, "", nil
	}
	hash, refused := d.named.recall(ctx, p)
	if refused != nil {
		return nil, "", gqlerror.List{refused}
	}
	doc, errs := d.read(ctx, p.Query)
	return doc, hash, errs
}

// readVariables takes the work of reading the variables of an anonymous client.
func (d *documents) readVariables(ctx context.Context, params *graphql.RawParams) gqlerror.List {
	client, ok := reqctx.AnonymousClient(ctx)
	if !ok {
		return nil
	}
	if err := d.anonymous.ReadVariables(client, params); err != nil {
		return gqlerror.List{gqlerror.Wrap(err)}
	}
	return nil
}

// before has the documents that a transport brings read here.
func (d *documents) before(next graphql.Transport) graphql.Transport { return reading{next, d} }

type reading struct {
	graphql.Transport
	documents *documents
}

// Do implements graphql.Transport.
func (r reading) Do(w http.ResponseWriter, request *http.Request, exec graphql.GraphExecutor) {
	r.Transport.Do(w, request, &reader{exec, r.documents})
}

// reader is gqlgen's executor with our reading in front.
type reader struct {
	graphql.GraphExecutor
	documents *documents
}

// CreateOperationContext implements graphql.GraphExecutor.
func (r *reader) CreateOperationContext(ctx context.Context, p *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	op := refusedOperation
	doc, hash, errs := r.documents.asked(ctx, p)
	if errs == nil && len(p.Variables) > 0 {
		errs = r.documents.readVariables(ctx, p)
	}
	if errs == nil {
		r.documents.named.add(ctx, hash, p.Query)
		if operation := doc.Operations.ForName(p.OperationName); operation != nil {
			if unfit := document.CheckVariables(r.documents.schema, operation, p.Variables); unfit != nil {
				return op, gqlerror.List{unfit}
			}
		}
		op, errs = r.GraphExecutor.CreateOperationContext(context.WithValue(ctx, readKey{}, doc), p)
	}
	for _, err := range errs {
		err.Path = nil // nothing was executed, and gqlparser puts names of variables there
		if err.Err != nil {
			errcode.Set(err, errcode.ValidationFailed) // by this its sockets know what was not executed; the answer has our code
		}
	}
	return op, errs
}

// refusedOperation is the context in which a document that is not read is answered. Nothing writes to it.
var refusedOperation = &graphql.OperationContext{}

type readKey struct{}

// currentDocument is the cache that gqlgen asks: it has the one document that has just been read.
type currentDocument struct{}

// Get implements graphql.Cache.
func (currentDocument) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	doc, ok := ctx.Value(readKey{}).(*ast.QueryDocument)
	return doc, ok
}

// Add implements graphql.Cache.
func (currentDocument) Add(context.Context, string, *ast.QueryDocument) {}

// ExtensionName implements graphql.HandlerExtension.
func (*documents) ExtensionName() string { return "Documents" }

// Validate implements graphql.HandlerExtension.
func (*documents) Validate(graphql.ExecutableSchema) error { return nil }

var errUnreadDocument = &auth.Error{Code: auth.Internal, Message: errInternal.Message}

// MutateOperationContext implements graphql.OperationContextMutator. It refuses what costs too much, which may depend on
// variables, and what came by a way that does not read documents here.
func (d *documents) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if _, ok := (currentDocument{}).Get(ctx, op.RawQuery); !ok {
		return errUnreadDocument.GraphQL()
	}
	cost, refused := d.costs.Check(op.Operation, op.Variables, d.limits.Cost)
	if refused != nil {
		return refused
	}
	kind := reqctx.NoTurn
	heavy := cost > heavyCost
	if client, ok := reqctx.AnonymousClient(ctx); ok {
		work, mutation := d.anonymous.Work(d.costs, op), op.Operation.Operation == ast.Mutation
		if err := d.anonymous.Take(client, mutation, work); err != nil {
			return gqlerror.Wrap(err)
		}
		switch {
		case mutation && heavy:
			kind = reqctx.TurnSignIn
		case !mutation && work >= ratelimit.FreeWork:
			kind = reqctx.TurnAnonymous
		}
	} else if heavy || introspects(op.Operation.SelectionSet) {
		kind = reqctx.TurnSignedIn
	}
	// A subscription would keep its turn while it waits for events. It resolves a single event at a time.
	if p := reqctx.PlaceOf(ctx); p != nil && op.Operation.Operation != ast.Subscription {
		p.Turn = kind
	}
	return nil
}
