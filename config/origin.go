package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// parseOrigins reads a list of origins separated by commas. Each is returned in the form that browsers send.
func parseOrigins(list string) ([]string, error) {
	var origins []string
	for entry := range strings.SplitSeq(list, ",") {
		origin, advice := parseOrigin(strings.TrimSpace(entry))
		if advice != "" {
			return nil, problem{fmt.Sprintf("has the entry %q", withoutUser(entry)), advice}
		}
		origins = append(origins, origin)
	}
	return origins, nil
}

// withoutUser removes the text before an @, because it may be a password.
func withoutUser(entry string) string {
	if at := strings.LastIndexByte(entry, '@'); at >= 0 {
		return "[redacted]" + entry[at:]
	}
	return entry
}

const originForm = "give scheme://host or scheme://host:port, such as https://app.example.com or capacitor://localhost, " +
	"without a path, separated by commas"

// defaultPort is the port that browsers leave out, of the schemes that have one.
var defaultPort = map[string]string{"http": "80", "https": "443"}

// parseOrigin returns the origin of text as browsers send it in the header Origin (RFC 6454, 6.2; WHATWG URL, host
// parsing), or else the advice that the operator needs. An origin has lower case, Punycode, and no default port.
func parseOrigin(text string) (origin, advice string) {
	if strings.EqualFold(text, "null") {
		return "", "null is the origin of every sandboxed frame and local file, so it identifies no application"
	}
	if strings.Contains(text, "*") {
		return "", "wildcards are not accepted, because every host that matches could use the cookies of your users; " +
			"list each origin, or have the proxy of a preview forward /graphql"
	}
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.User != nil || strings.ContainsAny(text, "?#") || (u.Path != "" && u.Path != "/") {
		return "", originForm
	}
	scheme, _, found := strings.Cut(text, "://")
	if !found || !strings.EqualFold(scheme, u.Scheme) {
		return "", originForm
	}
	switch u.Scheme {
	case "ws", "wss":
		return "", "name the origin of the page, which is http or https, not the address of its socket"
	case "data", "blob", "javascript", "about":
		return "", "browsers send the origin null for " + u.Scheme + ": URLs"
	case "file":
		if u.Host == "" {
			return "file://", "" // Web views of Android send it for the files of their application.
		}
	}
	host, ok := originHost(u)
	if !ok {
		return "", originForm
	}
	if port := u.Port(); port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return "", "its port must be a number from 0 to 65535"
		}
		if port = strconv.FormatUint(n, 10); port != defaultPort[u.Scheme] {
			host += ":" + port
		}
	}
	return u.Scheme + "://" + host, ""
}

func originHost(u *url.URL) (string, bool) {
	if defaultPort[u.Scheme] != "" || strings.HasPrefix(u.Host, "[") {
		return canonicalHost(u.Hostname())
	}
	host := strings.ToLower(u.Hostname())
	return host, isHostText(host)
}

// browserIDNA maps names as browsers do (WHATWG URL, "domain to ASCII").
var browserIDNA = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckJoiners(true), idna.CheckHyphens(false),
	idna.StrictDomainName(false), idna.Transitional(false), idna.VerifyDNSLength(false))

// canonicalHost returns a name or an address in the spelling of browsers, IPv6 in brackets. It is false for text that
// browsers refuse, and for the many other spellings of an IPv4 address, such as 127.1.
func canonicalHost(host string) (string, bool) {
	if strings.Contains(host, ":") {
		ip, err := netip.ParseAddr(host)
		if err != nil || ip.Zone() != "" {
			return "", false
		}
		if ip.Is4In6() { // Browsers write it without the dotted form.
			b := ip.As16()
			return fmt.Sprintf("[::ffff:%x:%x]", uint16(b[12])<<8|uint16(b[13]), uint16(b[14])<<8|uint16(b[15])), true
		}
		return "[" + ip.String() + "]", true
	}
	name, err := browserIDNA.ToASCII(host)
	if err != nil || !isHostText(name) {
		return "", false
	}
	// Some rare letters map to a name that is not valid itself.
	if again, err := browserIDNA.ToASCII(name); err != nil || again != name {
		return "", false
	}
	if endsInNumber(name) {
		ip, err := netip.ParseAddr(name)
		return name, err == nil && ip.Is4()
	}
	return name, true
}

// isHostText reports whether host has nothing but printable ASCII that a URL's host may hold (WHATWG URL, "forbidden
// host code point").
func isHostText(host string) bool {
	for i := range len(host) {
		if c := host[i]; c <= ' ' || c > '~' || strings.IndexByte(`"#%,/:<>?@[\]^`+"`{|}", c) >= 0 {
			return false
		}
	}
	return host != ""
}

// endsInNumber reports whether browsers read name as an IPv4 address (WHATWG URL, "ends in a number checker").
func endsInNumber(name string) bool {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	last := labels[len(labels)-1]
	if last != "" && strings.Trim(last, "0123456789") == "" {
		return true
	}
	digits, hexadecimal := strings.CutPrefix(last, "0x")
	return hexadecimal && strings.Trim(digits, "0123456789abcdef") == ""
}

// PublicOrigin returns the origin of the issuer as browsers send it.
func (c Config) PublicOrigin() string {
	origin, _ := originOf(c.Issuer)
	return origin
}

// originOf returns the origin of a URL that may have a path.
func originOf(text string) (origin, advice string) {
	u, err := url.Parse(text)
	if err != nil {
		return "", originForm
	}
	return parseOrigin(u.Scheme + "://" + u.Host)
}

// Hosts are names and addresses without ports, in the spelling of browsers; IPv6 in brackets.
type Hosts []string

// parseHosts reads a list of hosts separated by commas.
func parseHosts(list string) (hosts Hosts, err error) {
	for entry := range strings.SplitSeq(list, ",") {
		host, ok := canonicalHost(strings.Trim(strings.TrimSpace(entry), "[]"))
		if !ok || strings.Contains(entry, "*") {
			return nil, problem{fmt.Sprintf("has the entry %q", withoutUser(entry)),
				"give hosts without scheme, port or wildcard, such as 10.0.2.2 or laptop.local, separated by commas"}
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}
