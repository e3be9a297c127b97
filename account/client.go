package account

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

// Client is what is known of the device that signs in. Neither of the first two is proof of anything.
type Client struct {
	UserAgent string
	IPAddress string
	Mark      string // what a browser was given when it had signed in; never stored
}

// maxUserAgent is in bytes: browsers send some 150.
const maxUserAgent = 512

// Clean makes what the client says of itself fit to be stored: header values may hold bytes that are not text.
func (c Client) Clean() Client {
	agent := strings.ToValidUTF8(c.UserAgent, "\uFFFD")
	agent = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, agent)
	if len(agent) > maxUserAgent {
		cut := maxUserAgent
		for !utf8.RuneStart(agent[cut]) {
			cut--
		}
		agent = agent[:cut]
	}
	return Client{UserAgent: agent, IPAddress: c.IPAddress}
}

// Network is what counts as one client where clients share something: an IPv4 address, or a /64 of IPv6, which one
// household has all of. It is "" for all of whom nothing is known.
func (c Client) Network() string {
	ip, err := netip.ParseAddr(c.IPAddress)
	if err != nil {
		return ""
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}
