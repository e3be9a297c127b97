package target

import (
	"time"

	"golang.org/x/sys/unix"
)

// schedulerClock is the kind of a clock that the scheduler keeps: CPUCLOCK_SCHED in Linux.
const schedulerClock = 2

// ProcessorTime returns the processor time of the process, to the nanosecond. Threads that have ended are included.
func (s *Server) ProcessorTime() (time.Duration, error) {
	var at unix.Timespec
	clock := int32(^s.PID())<<3 | schedulerClock // clock_getcpuclockid(3)
	if err := unix.ClockGettime(clock, &at); err != nil {
		return 0, err
	}
	return time.Duration(at.Nano()), nil
}
