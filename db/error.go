package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"authgraph/account"
	"authgraph/auth"
)

// storeError maps an error of a driver to the errors of account.Store. Other errors are returned as they are, for the log.
func storeError(err error) error {
	countFault(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return account.ErrNotFound
	case errors.Is(err, context.Canceled): // the caller canceled the request; the database works
		return err
	case isUnavailable(err):
		return auth.ErrUnavailable.Because(err)
	default:
		return err
	}
}

// errNoEffect reports that a conditional statement changed no row.
var errNoEffect = errors.New("the statement changed nothing")

// requireOneRow returns an error unless a statement changed exactly one row.
func requireOneRow(result sql.Result, err error) error {
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
