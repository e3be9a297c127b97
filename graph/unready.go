package graph

import "errors"

// Unready is a reason why a server is not ready. /readyz shows it to anonymous clients, so it names no address, no key and
// no cause.
type Unready string

// Error implements error.
func (u Unready) Error() string { return string(u) }

// unreadyText returns the body of /readyz for an error. An error that is no Unready is not shown.
func unreadyText(err error) string {
	var reason Unready
	if errors.As(err, &reason) {
		return "not ready: " + string(reason) + "\n"
	}
	return "not ready\n"
}
