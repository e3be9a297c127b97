//go:build !linux

package password

import "errors"

// lowerPriority fails: elsewhere priority belongs to the whole process.
func lowerPriority(int) error {
	return errors.New("password: no thread has a priority of its own here")
}

func onMainThread() bool { return false }
