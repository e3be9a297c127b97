package graph

import (
	"context"
	"strconv"
	"strings"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/model"
)

// usersArguments are those of Query.users.
type usersArguments struct {
	first, last   *int
	after, before *string
	filter        *model.UserFilter
	order         *model.UserOrder
}

// Users implements generated.QueryResolver.
func (r *queryResolver) Users(
	ctx context.Context, first *int, after *string, last *int, before *string, filter *model.UserFilter, orderBy *model.UserOrder,
) (*model.UserConnection, error) {
	q, err := usersArguments{first, last, after, before, filter, orderBy}.query()
	if err != nil {
		return nil, err
	}
	page, err := r.reader.UserPage(ctx, q)
	if err != nil {
		return nil, belowArgument("filter", err)
	}
	c := &model.UserConnection{}
	c.Edges, c.PageInfo = connect(page.Users, page.HasNext, page.HasPrev,
		func(u *account.User) string { return userCursor(q.By, u.Cursor(q.By)) },
		func(cursor string, u *account.User) *model.UserEdge { return &model.UserEdge{Cursor: cursor, Node: u} })
	if selected(ctx, "totalCount") {
		n, err := r.reader.CountUsers(ctx, q.Filter, maxCounted+1)
		if err != nil {
			return nil, belowArgument("filter", err)
		}
		c.TotalCount = counted(n)
	}
	return c, nil
}

// counted returns totalCount for n, which was counted up to maxCounted+1: nil if n is above maxCounted.
func counted(n int) *int {
	if n > maxCounted {
		return nil
	}
	return &n
}

func (a usersArguments) query() (q account.UserQuery, err error) {
	q.By, q.Descending = account.ByCreation, true
	if a.order != nil {
		q.By, q.Descending = a.order.Field, a.order.Direction == model.OrderDirectionDesc
	}
	if q.Limit, q.Backward, err = sizeOf(a.first, a.last); err != nil {
		return q, err
	}
	if q.After, err = openUserCursor("after", q.By, a.after); err != nil {
		return q, err
	}
	if q.Before, err = openUserCursor("before", q.By, a.before); err != nil {
		return q, err
	}
	if a.filter != nil {
		q.Filter = account.UserFilter{
			Query: deref(a.filter.Query), Role: deref(a.filter.Role), Suspended: a.filter.Suspended,
		}
	}
	return q, nil
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// userCursors are the kinds of cursors of accounts: one for each order.
var userCursors = map[account.UserOrderField]string{
	account.ByCreation:   "user-created",
	account.ByEmail:      "user-email",
	account.ByName:       "user-name",
	account.ByLastSignIn: "user-signed-in",
}

// userCursor is the place of an account: the value that it is sorted by, and its id where that breaks ties.
func userCursor(by account.UserOrderField, m account.UserCursor) string {
	switch by {
	case account.ByEmail:
		return cursor(userCursors[by], m.Key)
	case account.ByName:
		return cursor(userCursors[by], m.ID+":"+m.Key)
	default:
		return cursor(userCursors[by], strconv.FormatInt(m.At.UnixMicro(), 10)+":"+m.ID)
	}
}

func openUserCursor(field string, by account.UserOrderField, cursor *string) (*account.UserCursor, error) {
	if cursor == nil {
		return nil, nil
	}
	place, err := openCursor(field, userCursors[by], *cursor)
	if err != nil {
		return nil, err
	}
	m, ok := userMark(by, place)
	if !ok {
		return nil, badCursor(field)
	}
	return m, nil
}

// userMark reads the place of a cursor. NUL is refused because PostgreSQL's text does not hold it.
func userMark(by account.UserOrderField, place string) (m *account.UserCursor, ok bool) {
	switch by {
	case account.ByEmail:
		return &account.UserCursor{Key: place}, place != "" && !strings.ContainsRune(place, 0)
	case account.ByName:
		id, key, _ := strings.Cut(place, ":")
		return &account.UserCursor{Key: key, ID: id}, account.IsUserID(id) && !strings.ContainsRune(key, 0)
	default:
		micros, id, _ := strings.Cut(place, ":")
		at, err := strconv.ParseInt(micros, 10, 64)
		return &account.UserCursor{At: time.UnixMicro(at).UTC(), ID: id}, err == nil && at >= 0 && account.IsUserID(id)
	}
}

func badCursor(field string) *auth.Error {
	return badPage(field, auth.CursorInvalid, "This is no cursor of this connection")
}
