package httpapi

import (
	"net/http"
	"net/netip"
	"slices"
	"testing"
)

func TestAddresses(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	const x, f = "X-Forwarded-For", "Forwarded"
	for _, row := range []struct {
		name, reads, peer string
		header            http.Header
		want              string
	}{
		{"nobody between", x, "192.0.2.1:5", nil, "192.0.2.1"},
		{"IPv6", x, "[2001:db8::1]:5", nil, "2001:db8::1"},
		{"IPv4 as IPv6", x, "[::ffff:192.0.2.1]:5", nil, "192.0.2.1"},
		{"a header of who is not trusted", x, "192.0.2.1:5", http.Header{x: {"198.51.100.9"}}, "192.0.2.1"},
		{"a proxy", x, "10.0.0.1:5", http.Header{x: {"198.51.100.9"}}, "198.51.100.9"},
		{"what the client wrote before it", x, "10.0.0.1:5", http.Header{x: {"203.0.113.7, 198.51.100.9"}}, "198.51.100.9"},
		{"in a line of its own", x, "10.0.0.1:5", http.Header{x: {"203.0.113.7", "198.51.100.9"}}, "198.51.100.9"},
		{"two proxies", x, "10.0.0.1:5", http.Header{x: {"203.0.113.7, 198.51.100.9, 10.0.0.2"}}, "198.51.100.9"},
		{"a port", x, "10.0.0.1:5", http.Header{x: {"198.51.100.9:4711"}}, "198.51.100.9"},
		{"IPv6 and a port", x, "10.0.0.1:5", http.Header{x: {"[2001:db8::1]:4711"}}, "2001:db8::1"},
		{"a proxy that asks for itself", x, "10.0.0.1:5", nil, "10.0.0.1"},
		{"none but proxies", x, "10.0.0.1:5", http.Header{x: {"10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
		{"no address", x, "10.0.0.1:5", http.Header{x: {"203.0.113.7, nonsense"}}, ""},
		{"an empty one", x, "10.0.0.1:5", http.Header{x: {"203.0.113.7,"}}, ""},
		{"the other header is not read", x, "10.0.0.1:5", http.Header{f: {"for=203.0.113.7"}, x: {"198.51.100.9"}}, "198.51.100.9"},
		{"RFC 7239", f, "[fd00::1]:5", http.Header{f: {`for=192.0.2.60;proto=http;by=203.0.113.43`}}, "192.0.2.60"},
		{"RFC 7239, IPv6 in quotes", f, "10.0.0.1:5", http.Header{f: {`For="[2001:db8:cafe::17]:4711"`}}, "2001:db8:cafe::17"},
		{"RFC 7239, what the client wrote before", f, "10.0.0.1:5", http.Header{f: {`for=192.0.2.43, for=198.51.100.17`}}, "198.51.100.17"},
		{"RFC 7239, separators in quotes", f, "10.0.0.1:5", http.Header{f: {`for=192.0.2.43;host="a,for=203.0.113.7;b"`}}, "192.0.2.43"},
		{"RFC 7239, hidden", f, "10.0.0.1:5", http.Header{f: {`for=192.0.2.43, for="_hidden"`}}, ""},
		{"RFC 7239, unknown", f, "10.0.0.1:5", http.Header{f: {`for=unknown`}}, ""},
		{"RFC 7239, nobody named", f, "10.0.0.1:5", http.Header{f: {`for=192.0.2.43, proto=https`}}, ""},
		{"a socket of no address", x, "@", nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			header := http.Header{}
			for name, values := range row.header {
				header[http.CanonicalHeaderKey(name)] = values
			}
			got := Addresses{trusted, row.reads}.client(&http.Request{RemoteAddr: row.peer, Header: header})
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestSplitOutside(t *testing.T) {
	if got, want := splitOutside(`a,"b,c",,d`, ','), []string{"a", `"b,c"`, "", "d"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
