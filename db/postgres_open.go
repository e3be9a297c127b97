package db

import (
	"context"
	"crypto/rand"
	"errors"
	"time"
)

// minPostgres is the oldest tested version: 15.
const minPostgres = 150000

// OpenPostgres opens the database that dsn names, with at most connections of them. The error never holds the dsn,
// which may hold a password.
func OpenPostgres(ctx context.Context, dsn string, connections int, options ...Option) (*Store, error) {
	pool, err := openPool(dsn, answerTimeout, optionsOf(options))
	if err != nil {
		return nil, errors.New("the database URL is not understood")
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	if err := checkServer(ctx, pool); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	beats, err := openPool(dsn, beatTimeout, optionsOf(nil))
	if err != nil {
		return nil, errors.Join(errors.New("the database URL is not understood"), pool.Close())
	}
	beats.SetMaxOpenConns(1)
	prepared := prepare(pool)
	return &Store{
		read: pool, write: pool, preparedRead: prepared, preparedWrite: prepared, dialect: onPostgres, searchLimits: defaultSearchLimits, lease: lease{began: time.Now()},
		dsn: dsn, beats: beats, instance: rand.Text(),
	}, nil
}
