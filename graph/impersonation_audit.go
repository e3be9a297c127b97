package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// maxNamed is how many root fields of an operation the audit log names.
const maxNamed = 20

// impersonationAudit is an extension that records each operation of an impersonator in the audit log before the operation is
// executed. An operation that can't be recorded is refused.
type impersonationAudit struct{ audit account.AuditLog }

// ExtensionName implements graphql.HandlerExtension.
func (impersonationAudit) ExtensionName() string { return "Acting" }

// Validate implements graphql.HandlerExtension.
func (impersonationAudit) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator.
func (a impersonationAudit) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	caller, err := auth.From(ctx)
	if err != nil || caller.Actor == "" {
		return nil
	}
	var fields []string
	root := map[string]string{"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}[string(op.Operation.Operation)]
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{root}) {
		if len(fields) < maxNamed {
			fields = append(fields, root+"."+field.Name)
		}
	}
	err = a.audit.Note(ctx, account.AuditNote{
		Action: account.ActionImpersonate, Outcome: account.Succeeded, Actor: caller.Subject, Impersonator: caller.Actor,
		Subject: caller.Subject, Session: caller.Session, Client: reqctx.ClientOf(ctx).Clean(), Details: map[string]any{"fields": fields},
	})
	if err != nil {
		return auth.ErrUnavailable.Because(err).GraphQL()
	}
	return nil
}
