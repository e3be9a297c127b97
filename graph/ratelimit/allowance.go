package ratelimit

import (
	"time"

	"authgraph/internal/network"
)

// maxNetworks bounds the networks whose executions one allowance counts: some 10 MB. Clients of further networks share
// the allowance of clients whose address is unknown.
const maxNetworks = 50_000

// caller is what an execution is counted by where it is counted by address.
type caller struct {
	path   network.Path
	device string // account of a valid device cookie, which counts in place of the address; "" for none
}

// allowance counts executions by address, for each network around it, and by device cookie. It is kept in this process.
type allowance struct {
	max      int64
	window   time.Duration
	networks *network.Window
	devices  *counter
}

func newAllowance(max int64, window time.Duration, now func() time.Time) *allowance {
	return &allowance{max, window, network.NewWindow(max, window, maxNetworks, now), newCounter(now)}
}

// take takes a unit. Without one, it returns false and the time to wait.
func (a *allowance) take(c caller) (remaining time.Duration, ok bool) {
	if c.device == "" {
		return a.networks.Add(c.path, 1)
	}
	n, remaining := a.devices.add("", c.device, a.window)
	return remaining, n <= a.max
}

// open reports whether take would take a unit, without taking it.
func (a *allowance) open(c caller) (remaining time.Duration, ok bool) {
	if c.device == "" {
		return a.networks.Fits(c.path, 1)
	}
	n, remaining := a.devices.get("", c.device)
	return remaining, n < a.max
}

// giveBack returns a unit.
func (a *allowance) giveBack(c caller) {
	if c.device == "" {
		a.networks.Return(c.path, 1)
		return
	}
	a.devices.subtract("", c.device)
}
