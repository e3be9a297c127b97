package db

import (
	"database/sql"
	"database/sql/driver"

	"github.com/jmoiron/sqlx"
)

// Option changes how a store is opened.
type Option func(*options)

type options struct {
	wrap func(driver.Connector) driver.Connector
}

// WithConnector wraps the connector of the connections that serve requests, to count or trace statements. The connections that
// listen and write heartbeats are not wrapped.
func WithConnector(wrap func(driver.Connector) driver.Connector) Option {
	return func(o *options) { o.wrap = wrap }
}

// pool opens the connections that c makes.
func (o options) pool(c driver.Connector, name string) *sqlx.DB {
	if o.wrap != nil {
		c = o.wrap(c)
	}
	return sqlx.NewDb(sql.OpenDB(reporting{c}), name)
}

func optionsOf(list []Option) (o options) {
	for _, option := range list {
		option(&o)
	}
	return o
}
