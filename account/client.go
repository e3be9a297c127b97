package account

import (
	"strings"
	"unicode/utf8"

	"authgraph/internal/network"
)

// Client describes the device that signs in. UserAgent and IPAddress prove nothing.
type Client struct {
	UserAgent   string
	IPAddress   string
	Browser     string // value of the request cookie, which binds codes to a browser; never stored
	DeviceToken string // value of the device cookie; never stored
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

// Path returns the networks that the client's address is in.
func (c Client) Path() network.Path { return network.Parse(c.IPAddress) }

// Network returns what counts as a single client: an IPv4 address, or a /64 of IPv6. It is "" for an unknown address.
func (c Client) Network() string { return c.Path().Client() }
