package graph

import (
	"context"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
)

// maxNodes is the most ids that `nodes` takes, as connections have at most 100 edges.
const maxNodes = 100

// nodeKind is a type of objects that can be found by their ids.
type nodeKind struct {
	name string // the type's name
	is   func(id string) bool
	find func(ctx context.Context, r *Resolver, ids []string) ([]model.Node, error) // in one query; some may be missing
}

var nodeKinds = []nodeKind{
	{"User", account.IsUserID, func(ctx context.Context, r *Resolver, ids []string) ([]model.Node, error) {
		return asNodes(r.reader.UsersByID(ctx, ids))
	}},
	{"Session", account.IsSessionID, func(ctx context.Context, r *Resolver, ids []string) ([]model.Node, error) {
		return asNodes(r.reader.SessionsByID(ctx, ids))
	}},
	{"Role", account.IsRoleID, func(ctx context.Context, r *Resolver, _ []string) ([]model.Node, error) {
		return asNodes(r.reader.Roles(ctx)) // there are few
	}},
	{"AuditEvent", account.IsAuditID, func(ctx context.Context, r *Resolver, ids []string) ([]model.Node, error) {
		return asNodes(r.log.AuditByID(ctx, ids))
	}},
}

func asNodes[N model.Node](found []N, err error) ([]model.Node, error) {
	nodes := make([]model.Node, len(found))
	for i, n := range found {
		nodes[i] = n
	}
	return nodes, err
}

// Node implements generated.QueryResolver.
func (r *queryResolver) Node(ctx context.Context, id string) (model.Node, error) {
	nodes, err := r.Nodes(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	return nodes[0], nil
}

// nodes finds objects by their ids: one query for each type. Missing objects, invalid ids and
// hidden objects are all null.
func (r *queryResolver) Nodes(ctx context.Context, ids []string) ([]model.Node, error) {
	if len(ids) > maxNodes {
		return nil, &auth.Error{
			Code: auth.BadUserInput, Reason: auth.ValueTooLong, Field: "ids", Message: "At most 100 ids at once",
		}
	}
	found := map[string]model.Node{}
	for _, kind := range nodeKinds {
		var kindIDs []string
		for _, id := range ids {
			if kind.is(id) {
				kindIDs = append(kindIDs, id)
			}
		}
		if len(kindIDs) == 0 {
			continue
		}
		objects, err := kind.find(ctx, (*Resolver)(r), kindIDs)
		if err != nil {
			return nil, err
		}
		for _, object := range objects {
			if auth.Visible(ctx, kind.name, object) {
				found[object.GetID()] = object
			}
		}
	}
	nodes := make([]model.Node, len(ids))
	for i, id := range ids {
		nodes[i] = found[id]
	}
	return nodes, nil
}
