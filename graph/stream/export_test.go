package stream

// The names that the tests of a whole server use.
const (
	InitTimeout       = initTimeout
	ScarceInitTimeout = scarceInitTimeout
	CloseGrace        = closeGrace
)

var (
	Watched    = watched
	CheckEmpty = checkEmpty
)

// Taken returns the places that are taken: of openings and of streams.
func (s *Registry) Taken() int64 { return s.opening.gauge.Held() + int64(s.Open()) }
