package password

import (
	"os"
	"syscall"
)

// lowest is the nice value of the lowest priority: setpriority(2).
const lowest = 19

// lowerPriority gives the calling thread the lowest priority, for good: on Linux each thread has its own.
func lowerPriority() error {
	return syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), lowest)
}

func onMainThread() bool { return syscall.Gettid() == os.Getpid() }
