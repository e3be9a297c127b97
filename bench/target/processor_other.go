//go:build !linux

package target

import (
	"errors"
	"time"
)

// ProcessorTime returns an error, because the clock of another process is read on Linux alone.
func (s *Server) ProcessorTime() (time.Duration, error) {
	return 0, errors.New("the processor time of a server is measured on Linux alone")
}
