package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Addresses determines the client's address of each request. A header is believed as far back as trusted proxies have
// written it, and no further, because any client can send the rest.
type Addresses struct {
	Trusted []netip.Prefix
	Header  string // the one that the proxies write: X-Forwarded-For, or Forwarded (RFC 7239)
}

// client returns the address of the client: the peer, or, if the peer is a trusted proxy, the address that the proxy names, and so
// on. It is "" if a proxy names no address. All such clients share the counts by address.
func (a Addresses) client(r *http.Request) string {
	at, ok := parseAddress(r.RemoteAddr)
	if !ok {
		return ""
	}
	if !a.trusts(at) {
		return canonical(at, r.RemoteAddr)
	}
	hops := a.hops(r.Header)
	for i := len(hops) - 1; i >= 0; i-- {
		if at, ok = parseAddress(hops[i]); !ok {
			return ""
		}
		if !a.trusts(at) {
			break
		}
	}
	return at.String() // the first proxy, if all hops are proxies: the request is its own
}

// canonical is ip.String(), in the memory of text if text begins with it, as that of IPv4 does.
func canonical(ip netip.Addr, text string) string {
	var buffer [48]byte
	if s := ip.AppendTo(buffer[:0]); strings.HasPrefix(text, string(s)) {
		return text[:len(s)]
	}
	return ip.String()
}

func (a Addresses) trusts(ip netip.Addr) bool {
	for _, prefix := range a.Trusted {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// hops are the addresses that the header names, the nearest last.
func (a Addresses) hops(header http.Header) (hops []string) {
	all := strings.Join(header.Values(a.Header), ",")
	if all == "" {
		return nil
	}
	if a.Header != forwarded {
		return strings.Split(all, ",")
	}
	for _, element := range splitOutside(all, ',') {
		hop := "" // an element without it names no address
		for _, pair := range splitOutside(element, ';') {
			if name, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && strings.EqualFold(name, "for") {
				hop = strings.Trim(value, `"`)
			}
		}
		hops = append(hops, hop)
	}
	return hops
}

const forwarded = "Forwarded"

// splitOutside splits at each separator that does not stand in quotes. It reads from the end: what a proxy has added there
// means the same whatever a client wrote before it, such as a quote that is never closed.
func splitOutside(s string, separator byte) (parts []string) {
	quoted, to := false, len(s)
	for i := len(s) - 1; i >= 0; i-- {
		switch {
		case s[i] == '"' && !escaped(s[:i]):
			quoted = !quoted
		case s[i] == separator && !quoted:
			parts, to = append(parts, s[i+1:to]), i
		}
	}
	parts = append(parts, s[:to])
	slices.Reverse(parts)
	return parts
}

// escaped reports whether what follows is part of a quoted text and no end of it: RFC 9110, 5.6.4.
func escaped(before string) bool {
	return (len(before)-len(strings.TrimRight(before, `\`)))%2 == 1
}

// parseAddress reads an address as proxies write it: with a port or without, of IPv6 with brackets or without.
func parseAddress(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return ip.Unmap().WithZone(""), err == nil
}
