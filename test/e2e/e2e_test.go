// Package e2e holds the tests that start a whole server, one file per subject.
package e2e

import (
	"testing"

	"authgraph/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }
