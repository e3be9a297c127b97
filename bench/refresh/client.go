package main

import (
	"fmt"

	"authgraph/bench/target"
)

// refreshers returns clients that each exchange the refresh token of a session of their own, by turns among the servers.
func refreshers(servers []*target.Server, clients int) (*fleet, error) {
	f := &fleet{}
	for n := range clients {
		refresh, err := servers[n%len(servers)].Refresher(fmt.Sprintf("client%d@example.com", n))
		if err != nil {
			return nil, err
		}
		f.clients = append(f.clients, refresh)
	}
	return f, nil
}
