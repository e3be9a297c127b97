package remote

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
)

// ErrInsecure is the refusal to send passwords and tokens, or to fetch keys, over plain http to another machine.
var ErrInsecure = errors.New("remote: passwords, tokens and keys are not sent over plain http; use https, or an option OverInsecureHTTP in a network that nobody else can read or change")

// checkURL refuses an address of the issuer that is not https, except http to a loopback host, and to any host where
// insecure is true.
func checkURL(address string, insecure bool) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "":
		return errors.New("remote: the issuer's address is not a URL such as https://accounts.example.com/graphql")
	case u.Scheme == "https" || u.Scheme == "http" && (insecure || loopback(u.Hostname())):
		return nil
	case u.Scheme == "http":
		return fmt.Errorf("%w: http://%s", ErrInsecure, u.Host)
	}
	return fmt.Errorf("remote: the scheme %q is not https", u.Scheme)
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
