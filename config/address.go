package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

func checkAddr(addr string, mode Mode) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return problem{fmt.Sprintf("is %q", addr), "it must be host:port, such as 127.0.0.1:8080 or [::1]:8080"}
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return problem{fmt.Sprintf("is %q", addr), "its port must be a number from 0 to 65535"}
	}
	if mode == Development && !loopback(host) {
		return problem{fmt.Sprintf("is %q", addr), "in development it must be a loopback address (127.0.0.1, [::1] or localhost): " +
			"set AUTHGRAPH_MODE=production to serve others"}
	}
	return nil
}

// parseIssuer returns the issuer without slashes at its end and its scheme in
// small letters, since tokens are compared with it letter by letter.
func parseIssuer(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.User != nil {
		return "", problem{"is no URL, or has a user in it", "it must be a URL such as https://accounts.example.com, without query, fragment or user"}
	}
	if u.Hostname() == "" || strings.ContainsAny(text, "?#") {
		return "", problem{fmt.Sprintf("is %q", text), "it must be a URL such as https://accounts.example.com, without query, fragment or user"}
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return "", problem{fmt.Sprintf("is %q", text), "it must start with https:// (http:// is for loopback hosts only)"}
	}
	if _, advice := originOf(text); advice != "" {
		return "", problem{fmt.Sprintf("is %q", text), "its host must be one that browsers accept, an IPv4 address written a.b.c.d"}
	}
	return u.Scheme + strings.TrimRight(text[len(u.Scheme):], "/"), nil
}

// parsePaths reads a list of names of files.
func parsePaths(list string) (paths Paths, err error) {
	for entry := range strings.SplitSeq(list, ",") {
		path := strings.TrimSpace(entry)
		if path == "" {
			return nil, problem{fmt.Sprintf("is %q", list), "give names of files, separated by commas"}
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// parsePrefixes reads a list of networks and of single addresses, which become networks of one address. IPv4 networks
// in the form of IPv6 are returned as IPv4, because the server compares unmapped addresses.
func parsePrefixes(list string) (prefixes []netip.Prefix, err error) {
	for entry := range strings.SplitSeq(list, ",") {
		text := strings.TrimSpace(entry)
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			ip, errIP := netip.ParseAddr(text)
			if errIP != nil || ip.Zone() != "" {
				return nil, problem{fmt.Sprintf("has the entry %q", entry), "give networks such as 10.0.0.0/8 or fd00::/8, " +
					"or single addresses, separated by commas"}
			}
			prefix = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen())
		}
		if ip := prefix.Addr(); ip.Is4In6() && prefix.Bits() >= 96 {
			prefix = netip.PrefixFrom(ip.Unmap(), prefix.Bits()-96)
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}

// The widest networks that production trusts as proxies: 10.0.0.0/8 and fc00::/7 are the widest private ones.
const (
	widestIPv4 = 8
	widestIPv6 = 7
)

// checkProxies refuses networks so wide that clients themselves would be trusted.
func checkProxies(trusted []netip.Prefix) error {
	for _, p := range trusted {
		widest := widestIPv6
		if p.Addr().Is4() {
			widest = widestIPv4
		}
		if p.Bits() < widest {
			return problem{fmt.Sprintf("has the entry %q", p), "in production a network so wide would let every client " +
				"choose the address that the server believes; name the networks of the proxies alone, at most /8 of IPv4 and /7 of IPv6"}
		}
	}
	return nil
}

// checkOrigins refuses origins whose pages anyone on the network path can change.
func checkOrigins(origins []string) error {
	for _, origin := range origins {
		if strings.HasPrefix(origin, "http://") {
			return problem{fmt.Sprintf("has the entry %q", origin), "in production an origin must not be http, not even on " +
				"localhost, because others can serve pages there; serve the application over https, and set the scheme of " +
				"a web view to https (Capacitor: androidScheme, Tauri: useHttpsScheme)"}
		}
	}
	return nil
}
