package docs

import (
	"testing"

	"authgraph/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }
