//go:build !linux

package serverkit

import "net"

// acceptWaiting returns none: only Linux stops a listener in a way that loses no connection.
func acceptWaiting(*net.TCPListener, int) []net.Conn { return nil }
