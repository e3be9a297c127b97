package serverkit

import (
	"net"
	"sync"
)

// maxWaiting bounds the connections that are served when a listener closes: as many as Linux has wait by default.
const maxWaiting = 4096

// lastListener is a listener that serves the connections that wait when it closes. The system resets them otherwise, and
// a proxy does not repeat a mutation that it has sent.
type lastListener struct {
	*net.TCPListener
	mu      sync.Mutex
	waiting []net.Conn // accepted by finish
}

// listen listens at addr, host:port.
func listen(addr string) (*lastListener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &lastListener{TCPListener: l.(*net.TCPListener)}, nil
}

// Accept implements net.Listener. After finish it returns the connections that waited, and then net.ErrClosed.
func (l *lastListener) Accept() (net.Conn, error) {
	conn, err := l.TCPListener.Accept()
	if err == nil {
		return conn, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		return nil, err
	}
	conn, l.waiting = l.waiting[0], l.waiting[1:]
	return conn, nil
}

// finish stops listening. From then on the system refuses connections, which proxies take to another instance.
func (l *lastListener) finish() error {
	l.mu.Lock()
	defer l.mu.Unlock() // Accept waits until all connections are here.
	l.waiting = acceptWaiting(l.TCPListener, maxWaiting)
	return l.TCPListener.Close()
}
