package remote

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
)

// ErrInsecure is the refusal to send passwords and tokens, or to fetch keys, over plain http to another machine.
var ErrInsecure = errors.New("remote: passwords, tokens and keys are not sent over plain http; use https, or an option OverInsecureHTTP in a trusted network")

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

// shown returns an address without what may be secret in it.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an invalid URL"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// withoutURL returns what made a request fail, without the address, which may have a secret in it.
func withoutURL(err error) error {
	if failed := (*url.Error)(nil); errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// warn logs failures for which no option is set.
func warn(err error) { slog.Warn(err.Error()) }

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
