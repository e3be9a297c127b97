package graph

import (
	"context"
	"errors"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/account"
	"authgraph/auth"
)

// notes is an audit log that keeps what is written, or can't be written to.
type notes struct {
	account.AuditLog
	kept []account.AuditNote
	err  error
}

func (n *notes) Note(_ context.Context, note account.AuditNote) error {
	if n.err == nil {
		n.kept = append(n.kept, note)
	}
	return n.err
}

// An impersonator's operation is recorded first, and refused if it can't be recorded.
func TestActing(t *testing.T) {
	op := &graphql.OperationContext{Operation: &ast.OperationDefinition{Operation: ast.Mutation, SelectionSet: ast.SelectionSet{
		&ast.Field{Name: "logout", Alias: "bye", ObjectDefinition: &ast.Definition{Name: "Mutation"}},
	}}}
	own := &auth.Principal{Subject: "user_ada", Session: "session_1"}
	acting := &auth.Principal{Subject: "user_ada", Session: "session_1", Actor: "user_root"}
	for _, row := range []struct {
		name string
		ctx  context.Context
		log  *notes
		want error
		kept int
	}{
		{"nobody", t.Context(), &notes{err: errors.New("out of reach")}, nil, 0},
		{"the account's own person", auth.With(t.Context(), own), &notes{err: errors.New("out of reach")}, nil, 0},
		{"another", auth.With(t.Context(), acting), &notes{}, nil, 1},
		{"another, unwritten", auth.With(t.Context(), acting), &notes{err: errors.New("out of reach")}, auth.ErrUnavailable, 0},
	} {
		refused := acts(row.ctx, row.log, op)
		if row.want == nil && refused != nil {
			t.Errorf("%s: got %v, want %v", row.name, refused, row.want)
		} else if row.want != nil && !errors.Is(refused, row.want) {
			t.Errorf("%s: got %v, want %v", row.name, refused, row.want)
		}
		if len(row.log.kept) != row.kept {
			t.Errorf("%s: %d were written, want %d", row.name, len(row.log.kept), row.kept)
		}
		for _, n := range row.log.kept {
			if fields, _ := n.Details["fields"].([]string); n.Impersonator != "user_root" || n.Actor != "user_ada" {
				t.Errorf("%s: wrote %+v", row.name, n)
			} else if len(fields) != 1 || fields[0] != "Mutation.logout" {
				t.Errorf("%s: wrote %+v", row.name, n)
			}
		}
	}
}

func acts(ctx context.Context, log *notes, op *graphql.OperationContext) error {
	if refused := (impersonationAudit{log}).MutateOperationContext(ctx, op); refused != nil {
		return refused
	}
	return nil
}
