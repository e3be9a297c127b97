//go:build !linux

package password

import "errors"

// lowerPriority fails: elsewhere priority belongs to the whole process.
func lowerPriority(int) error {
	return errors.New("password: this system has no priority per thread")
}

func onMainThread() bool { return false }
