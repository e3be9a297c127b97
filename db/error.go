package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"authgraph/account"
	"authgraph/auth"
)

// fault turns what a driver said into the errors of account.Store. What is none of them keeps its cause for the log.
func fault(err error) error {
	countFault(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return account.ErrNotFound
	case errors.Is(err, context.Canceled): // the caller has gone; nothing is wrong with the database
		return err
	case isUnavailable(err):
		return auth.ErrUnavailable.Because(err)
	default:
		return err
	}
}

// errNoEffect says that a conditional statement changed no row.
var errNoEffect = errors.New("the statement changed nothing")

// one checks that a statement changed exactly one row.
func one(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	switch {
	case err != nil:
		return err
	case n == 0:
		return errNoEffect
	case n > 1:
		return fmt.Errorf("the statement changed %d rows", n)
	}
	return nil
}
