// Package pgtest owns the PostgreSQL that tests run against: a throw-away
// cluster, started from the binaries that are installed, on 127.0.0.1, with a
// password of its own. It needs no set-up, no root and no container; it ends
// with the test process however that ends; and it is fast rather than
// durable, because its data is worthless after a crash of the machine.
package pgtest
