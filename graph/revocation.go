package graph

import (
	"context"
	"errors"
	"strconv"
	"time"

	"authgraph/account"
	"authgraph/graph/model"
)

// revocationCursor is the kind of cursors of revocations: a time of the database's clock in microseconds.
const revocationCursor = "revocation"

// Revocations implements generated.SubscriptionResolver.
func (r *subscriptionResolver) Revocations(ctx context.Context, after *string) (<-chan *model.Revocation, error) {
	var since time.Time
	if after != nil {
		place, err := openCursor("after", revocationCursor, *after)
		if err != nil {
			return nil, err
		}
		micros, err := strconv.ParseInt(place, 10, 64)
		if err != nil || micros < 0 {
			return nil, badCursor("after")
		}
		since = time.UnixMicro(micros)
	}
	revocations, err := r.feed.Follow(ctx, since)
	if errors.Is(err, account.ErrFeedTooOld) {
		tooOld := *account.ErrFeedTooOld
		tooOld.Field = "after"
		return nil, &tooOld
	}
	if err != nil {
		return nil, err
	}
	out := make(chan *model.Revocation)
	go func() {
		defer close(out)
		for v := range revocations {
			select {
			case out <- revocationOf(v):
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

func revocationOf(v account.Revocation) *model.Revocation {
	r := &model.Revocation{
		Cursor: cursor(revocationCursor, strconv.FormatInt(v.At.UnixMicro(), 10)), Kind: v.Kind, At: v.At,
	}
	switch v.Kind {
	case account.RevokedSession:
		r.SessionID = &v.Named
	case account.RevokedKey:
		r.KeyID = &v.Named
	case account.RevokedAccount, account.RevokedRights:
		r.UserID = &v.Named
	}
	return r
}
