package db

import (
	"context"
	"database/sql"
	"sync"

	"github.com/jmoiron/sqlx"
)

// prepared runs queries that are asked over and over as statements that are prepared once on each connection: without,
// lib/pq asks the server twice for each query with arguments. It is for texts that do not vary, since it keeps each.
type prepared struct {
	pool       *sqlx.DB
	statements sync.Map // *sqlx.Stmt, by its text
}

func (p *prepared) statement(ctx context.Context, query string) (*sqlx.Stmt, error) {
	if held, ok := p.statements.Load(query); ok {
		return held.(*sqlx.Stmt), nil
	}
	made, err := p.pool.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if held, other := p.statements.LoadOrStore(query, made); other { // somebody was faster
		_ = made.Close() // the other one serves
		return held.(*sqlx.Stmt), nil
	}
	return made, nil
}

// QueryxContext implements sqlx.QueryerContext.
func (p *prepared) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	statement, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryxContext(ctx, args...)
}

// QueryContext implements sqlx.QueryerContext.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	statement, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// QueryRowxContext implements sqlx.QueryerContext. What fails before there is a row is said when the row is read.
func (p *prepared) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	statement, err := p.statement(ctx, query)
	if err != nil {
		return p.pool.QueryRowxContext(ctx, query, args...)
	}
	return statement.QueryRowxContext(ctx, args...)
}
