package db_test

import (
	"context"
	"database/sql/driver"
	"sync/atomic"

	"authgraph/db"
)

// hook sees each statement of a store before the driver does. An error keeps the statement from the driver.
type hook struct {
	before atomic.Pointer[func(query string, args []driver.NamedValue) error]
}

func (h *hook) set(f func(query string, args []driver.NamedValue) error) { h.before.Store(&f) }

func (h *hook) option() db.Option {
	return db.WithConnector(func(inner driver.Connector) driver.Connector { return hookedConnector{inner, h} })
}

func (h *hook) call(query string, args []driver.NamedValue) error {
	if f := h.before.Load(); f != nil {
		return (*f)(query, args)
	}
	return nil
}

type hookedConnector struct {
	driver.Connector
	hook *hook
}

func (c hookedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &hookedConn{conn, c.hook}, nil
}

type hookedConn struct {
	driver.Conn
	hook *hook
}

func (c *hookedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	inner, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &hookedStmt{inner, c.hook, query}, nil
}

func (c *hookedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.hook.call(query, args); err != nil {
		return nil, err
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *hookedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.hook.call(query, args); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c *hookedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if err := c.hook.call("BEGIN", nil); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

func (c *hookedConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type hookedStmt struct {
	driver.Stmt
	hook  *hook
	query string
}

func (s *hookedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.hook.call(s.query, args); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

func (s *hookedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.hook.call(s.query, args); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}
