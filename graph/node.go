package graph

import (
	"context"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
)

// maxNodes is the most ids that `nodes` takes, as connections have at most 100 edges.
const maxNodes = 100

func (r *Resolver) node(ctx context.Context, id string) (model.Node, error) {
	nodes, err := r.nodes(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	return nodes[0], nil
}

// nodes finds objects by their ids: one query for each type. What does not exist, what is no id, and what the caller
// may not see is null alike.
func (r *Resolver) nodes(ctx context.Context, ids []string) ([]model.Node, error) {
	if len(ids) > maxNodes {
		return nil, &auth.Error{
			Code: auth.BadUserInput, Reason: auth.ValueTooLong, Field: "ids", Message: "At most 100 ids at once",
		}
	}
	var userIDs, sessionIDs []string
	for _, id := range ids {
		switch {
		case account.IsUserID(id):
			userIDs = append(userIDs, id)
		case account.IsSessionID(id):
			sessionIDs = append(sessionIDs, id)
		}
	}
	found := map[string]model.Node{}
	users, err := r.accounts.UsersByID(ctx, userIDs...)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		if auth.Visible(ctx, "User", u) {
			found[u.ID] = u
		}
	}
	sessions, err := r.accounts.SessionsByID(ctx, sessionIDs...)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		if auth.Visible(ctx, "Session", s) {
			found[s.ID] = s
		}
	}
	nodes := make([]model.Node, len(ids))
	for i, id := range ids {
		nodes[i] = found[id]
	}
	return nodes, nil
}
