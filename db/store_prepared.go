package db

import (
	"context"
	"database/sql"
	"sync"

	"github.com/jmoiron/sqlx"
)

// prepared runs frequent queries as statements that are prepared once per connection. Otherwise lib/pq makes two round trips
// for each query with arguments. It is for constant texts, because it holds each text.
type prepared struct {
	pool       *sqlx.DB
	mu         sync.RWMutex
	statements map[string]*sqlx.Stmt // by their texts
}

func prepare(pool *sqlx.DB) *prepared {
	return &prepared{pool: pool, statements: map[string]*sqlx.Stmt{}}
}

// statement returns the statement of a text. It is closed with the pool.
func (p *prepared) statement(ctx context.Context, query string) (*sqlx.Stmt, error) {
	p.mu.RLock()
	held := p.statements[query]
	p.mu.RUnlock()
	if held != nil {
		return held, nil
	}
	made, err := p.pool.PreparexContext(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	p.mu.Lock() // not during the query, so that no caller waits for another one's query
	defer p.mu.Unlock()
	if held := p.statements[query]; held != nil {
		_ = made.Close() //nolint:sqlclosecheck // another caller was faster
		return held, nil
	}
	p.statements[query] = made
	return made, nil
}

// QueryxContext implements sqlx.QueryerContext.
func (p *prepared) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	statement, err := p.statement(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	return statement.QueryxContext(ctx, args...)
}

// QueryContext implements sqlx.QueryerContext.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	statement, err := p.statement(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// QueryRowxContext implements sqlx.QueryerContext. The row returns an error of the preparation.
func (p *prepared) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	statement, err := p.statement(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return p.pool.QueryRowxContext(ctx, query, args...)
	}
	return statement.QueryRowxContext(ctx, args...)
}
