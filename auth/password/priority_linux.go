package password

import (
	"os"
	"syscall"
)

// lowerPriority gives the calling thread a nice value, for good: on Linux each thread has its own (setpriority(2)).
func lowerPriority(nice int) error {
	return syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), nice)
}

func onMainThread() bool { return syscall.Gettid() == os.Getpid() }
