package stream

import (
	"cmp"
	"slices"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/internal/network"
)

// The parts of all places for streams (AUTHGRAPH_STREAMS). The figures in comments are for the default of 1536.
const (
	// feedPart is reserved for callers who hold REVOCATIONS_READ: 192.
	feedPart = 8
	// anonymousPart is the maximum of anonymous clients: 384.
	anonymousPart = 4
	// accountPart is the maximum of one account, over all its sessions: 96.
	accountPart = 16
	// networkPart is what the address of signed-in callers gets however few places are free: 12. A /48 of IPv6 and a /24 of
	// IPv4 get 192, an eighth.
	networkPart = 128
)

// The bounds that refuse a stream, as metrics name them.
const (
	boundTotal   = "total"
	boundSession = "session"
	boundAccount = "account"
	boundNetwork = "network"
	// boundOpening is for sockets that have not sent connection_init.
	boundOpening = "opening"
)

// Bounds returns the bounds that refuse streams.
func Bounds() []string {
	return []string{boundTotal, boundSession, boundAccount, boundNetwork, boundOpening}
}

// Limits bound the streams that are open at once.
type Limits struct{ PerSession, Total int }

// streamPlaces counts the streams that are open. Registry guards it by its mutex.
//
// A network of signed-in callers holds as many places as are free at most, if that is more than its share. A company
// behind one address so gets half of all places while no others are used. However many networks are as greedy, as many
// places stay free as each of them holds.
type streamPlaces struct {
	total         int   // open streams
	ordinary      int   // open streams of callers without REVOCATIONS_READ
	anonymousOpen int64 // open streams of anonymous clients
	perSession    int
	perAccount    int

	open      int
	sessions  tally // open ones of each session
	accounts  tally // and of each account
	anonymous *network.Gauge
	signedIn  *network.Gauge
}

func newStreamPlaces(limits Limits) streamPlaces {
	total := limits.Total
	part := func(n int) int64 { return int64((total + n - 1) / n) }
	return streamPlaces{
		total: total, ordinary: total - total/feedPart, anonymousOpen: part(anonymousPart),
		perSession: limits.PerSession, perAccount: max(limits.PerSession, total/accountPart),
		sessions: tally{}, accounts: tally{},
		anonymous: network.NewGauge(part(anonymousPart), int64(limits.PerSession)),
		signedIn:  network.NewGauge(int64(total), part(networkPart)),
	}
}

// take returns a place for a stream of who, nil for an anonymous client, from a network. leave gives the same counts back
// that take has used, whatever has become of the caller's permissions. It must be called once. It is nil if a bound would
// be exceeded, which take then names.
func (p *streamPlaces) take(caller *auth.Principal, from network.Path) (leave func(), exceeded string) {
	if caller == nil {
		switch {
		case p.open >= p.ordinary, p.anonymous.Held() >= p.anonymousOpen:
			return nil, boundTotal
		case !p.anonymous.Acquire(from, 1):
			return nil, boundNetwork
		}
		p.open++
		return func() { p.open--; p.anonymous.Release(from, 1) }, ""
	}
	session, owner := caller.Session, cmp.Or(caller.Actor, caller.Subject) // an impersonator's streams are their own
	feed := slices.Contains(caller.Permissions, string(account.RevocationsRead))
	switch {
	case p.open >= p.total, p.open >= p.ordinary && !feed:
		return nil, boundTotal
	case p.sessions[session] >= p.perSession:
		return nil, boundSession
	case p.accounts[owner] >= p.perAccount:
		return nil, boundAccount
	}
	// A proxy on this machine that is not trusted to name its clients hides their networks.
	byNetwork := !feed && !from.Loopback()
	if byNetwork && !p.signedIn.AcquireWithin(from, 1, int64(p.ordinary-p.open)) {
		return nil, boundNetwork
	}
	p.open++
	p.sessions.add(session)
	p.accounts.add(owner)
	return func() {
		p.open--
		p.sessions.remove(session)
		p.accounts.remove(owner)
		if byNetwork {
			p.signedIn.Release(from, 1)
		}
	}, ""
}
