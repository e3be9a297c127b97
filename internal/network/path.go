package network

import "net/netip"

// Path is the networks that a client's address is in, narrowest first: /64, /56, /48 and /32 of IPv6, /32 and /24 of
// IPv4. The zero Path stands for every client whose address is unknown: they share one allowance.
type Path struct {
	levels [maxLevels]netip.Prefix
	n      int
}

// Level is a network of a Path. Its allowance is Share times that of a single client.
type Level struct {
	Network netip.Prefix
	Share   int64
}

const maxLevels = 4

var (
	bitsIPv6   = [...]int{64, 56, 48, 32}
	sharesIPv6 = [...]int64{1, 4, 16, 64}
	bitsIPv4   = [...]int{32, 24}
	sharesIPv4 = [...]int64{1, 16}
)

// Of returns the path of an address. An IPv4 address mapped into IPv6 has the path of the IPv4 address.
func Of(ip netip.Addr) Path {
	var p Path
	if !ip.IsValid() {
		return p
	}
	ip = ip.Unmap().WithZone("")
	bits := bitsIPv6[:]
	if ip.Is4() {
		bits = bitsIPv4[:]
	}
	for i, b := range bits {
		p.levels[i], _ = ip.Prefix(b) // b fits the family
	}
	p.n = len(bits)
	return p
}

// Parse returns the path of an address in text; the zero Path if text is not an address.
func Parse(text string) Path {
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return Path{}
	}
	return Of(ip)
}

// Levels returns the networks of p, narrowest first. An unknown address has a single level with an invalid prefix.
func (p Path) Levels() []Level {
	if p.n == 0 {
		return []Level{{Share: 1}}
	}
	levels := make([]Level, p.n)
	for i := range levels {
		levels[i] = p.level(i)
	}
	return levels
}

// Client returns the network that counts as a single client: a /64 of IPv6, or an IPv4 address. It is "" for an unknown
// address.
func (p Path) Client() string {
	switch p.n {
	case 0:
		return ""
	case len(bitsIPv4):
		return p.levels[0].Addr().String()
	}
	return p.levels[0].String()
}

// Subscriber returns the network that an access provider gives to one subscriber: a /56 of IPv6, or an IPv4 address. It is
// "" for an unknown address.
func (p Path) Subscriber() string {
	if p.n == len(bitsIPv6) {
		return p.levels[1].String()
	}
	return p.Client()
}

// Known reports whether the address is known.
func (p Path) Known() bool { return p.n > 0 }

// Loopback reports whether the address is one of this machine.
func (p Path) Loopback() bool {
	return p.n > 0 && (p.levels[0].Addr().IsLoopback() || p.levels[0].Contains(netip.IPv6Loopback()))
}

// widest returns the path of the widest network of p alone: a /32 of IPv6, or a /24 of IPv4.
func (p Path) widest() Path {
	if p.n == 0 {
		return p
	}
	return Path{levels: [maxLevels]netip.Prefix{p.levels[p.n-1]}, n: 1}
}

func (p Path) len() int { return max(p.n, 1) }

func (p Path) level(i int) Level {
	switch p.n {
	case 0:
		return Level{Share: 1}
	case 1: // see widest
		if p.levels[0].Addr().Is4() {
			return Level{p.levels[0], sharesIPv4[len(sharesIPv4)-1]}
		}
		return Level{p.levels[0], sharesIPv6[len(sharesIPv6)-1]}
	case len(bitsIPv4):
		return Level{p.levels[i], sharesIPv4[i]}
	}
	return Level{p.levels[i], sharesIPv6[i]}
}
