package pgtest

import (
	"sync"
	"testing"
)

// Template is a database in the shared cluster, whose content tests get copies of.
type Template struct {
	filled func() (name string, err error)
}

// NewTemplate returns a template whose content fill writes before the first copy. fill has to close its connections.
func NewTemplate(fill func(url string) error) *Template {
	return &Template{sync.OnceValues(func() (string, error) {
		s, err := shared()
		if err != nil {
			return "", err
		}
		name, err := (&Cluster{s}).create(empty)
		if err != nil {
			return "", err
		}
		return name, fill(s.url(name))
	})}
}

// Database returns the URL of a new copy of the template, which is dropped when the test ends. Without PostgreSQL the test is
// skipped or fails, as by the function Database.
func (p *Template) Database(tb testing.TB) string {
	tb.Helper()
	template, err := p.filled()
	check(tb, err)
	s, err := shared()
	check(tb, err)
	return (&Cluster{s}).copyOf(tb, template)
}
