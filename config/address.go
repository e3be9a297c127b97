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
			"development shows mails and explains denials; set AUTHGRAPH_MODE=production to serve others"}
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
	return u.Scheme + strings.TrimRight(text[len(u.Scheme):], "/"), nil
}

// parseOrigins reads a list of origins and spells each as browsers send it,
// because the header Origin is compared with it letter by letter.
func parseOrigins(list string) ([]string, error) {
	var origins []string
	for _, entry := range strings.Split(list, ",") {
		origin, ok := parseOrigin(strings.TrimSpace(entry))
		if !ok {
			if at := strings.LastIndexByte(entry, '@'); at >= 0 { // what stands before it may be a password
				entry = "[redacted]" + entry[at:]
			}
			return nil, problem{fmt.Sprintf("has the entry %q", entry), "give scheme://host or scheme://host:port, " +
				"with http or https, without a path, without *, separated by commas"}
		}
		origins = append(origins, origin)
	}
	return origins, nil
}

func parseOrigin(text string) (string, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", false
	}
	if u.User != nil || u.Path != "" || strings.ContainsAny(text, "?#*") {
		return "", false
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	} else {
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + strings.TrimSuffix(host, ":"), true
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

// parsePrefixes reads a list of networks, and of single addresses, which stand for a network of one.
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
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}
