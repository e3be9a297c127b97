package graph

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// addresses finds out where requests come from. What a header says of it is believed as far back as trusted proxies have
// written it, and no further: anybody can send the rest.
type addresses struct {
	trusted []netip.Prefix
	header  string // the one that the proxies write: X-Forwarded-For, or Forwarded (RFC 7239)
}

// of returns a client's address: who connected, or, if that is a trusted proxy, whom it names, and so on. It is "" where a
// proxy did not say whom it forwards for: all of these share what is counted by address.
func (a addresses) of(r *http.Request) string {
	at, ok := parseAddress(r.RemoteAddr)
	if !ok {
		return ""
	}
	if !a.trusts(at) {
		return at.String()
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
	return at.String() // the first of the proxies, if there are none but these: it asks for itself
}

func (a addresses) trusts(ip netip.Addr) bool {
	for _, prefix := range a.trusted {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// hops are the addresses that the header names, the nearest last.
func (a addresses) hops(header http.Header) (hops []string) {
	all := strings.Join(header.Values(a.header), ",")
	if all == "" {
		return nil
	}
	for _, element := range splitOutside(all, ',') {
		if a.header != forwarded {
			hops = append(hops, element)
			continue
		}
		hop := "" // an element without it names nobody
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

// splitOutside splits at each separator that does not stand in quotes.
func splitOutside(s string, separator byte) (parts []string) {
	quoted, from := false, 0
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			parts, from = append(parts, s[from:i]), i+1
		}
	}
	return append(parts, s[from:])
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
