package serverkit

import (
	"net"
	"os"
	"syscall"
)

// acceptWaiting accepts at most max connections that wait at l, and shuts l down with no pause in between, so that none
// is reset. Without a bound, clients that go on connecting would keep it from ending.
func acceptWaiting(l *net.TCPListener, max int) (waiting []net.Conn) {
	raw, err := l.SyscallConn()
	if err != nil {
		return nil
	}
	_ = raw.Control(func(fd uintptr) { // An error says that l is closed: nothing waits.
		var accepted []int
		for len(accepted) < max {
			n, _, err := syscall.Accept4(int(fd), syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
			if err == syscall.EINTR || err == syscall.ECONNABORTED {
				continue
			}
			if err != nil {
				break
			}
			accepted = append(accepted, n)
		}
		_ = syscall.Shutdown(int(fd), syscall.SHUT_RDWR)
		for _, n := range accepted {
			file := os.NewFile(uintptr(n), "connection")
			if conn, err := net.FileConn(file); err == nil { // with a descriptor of its own
				waiting = append(waiting, conn)
			}
			_ = file.Close()
		}
	})
	return waiting
}
