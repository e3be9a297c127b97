package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxMetadata bounds the metadata of an issuer, in bytes.
const maxMetadata = 64 << 10

// CheckIssuer asks the server at issuer, a URL, for its metadata (RFC 8414), and returns an error if the server is out of
// reach or has another issuer. Every token is invalid for a verifier of another issuer. The options are those of New.
func CheckIssuer(ctx context.Context, issuer string, options ...Option) error {
	k := New(issuer, options...)
	if k.fault != nil {
		return k.fault
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	address := metadataURL(issuer)
	got, err := k.metadata(ctx, address)
	switch {
	case err != nil:
		return fmt.Errorf("remote: the issuer's metadata can't be fetched from %s: %w", shown(address), withoutURL(err))
	case got.Issuer != issuer:
		return fmt.Errorf("remote: the issuer of %s is %q, not %q", shown(address), got.Issuer, issuer)
	}
	return nil
}

// metadataURL returns the address of an issuer's metadata: the path of the issuer follows the well-known one (RFC 8414, 3.1).
func metadataURL(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil {
		return issuer // New has refused it
	}
	u.Path = "/.well-known/oauth-authorization-server" + strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	return u.String()
}

type metadata struct {
	Issuer string `json:"issuer"`
}

func (k *Keys) metadata(ctx context.Context, address string) (got metadata, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return got, err
	}
	response, err := k.client.Do(r)
	if err != nil {
		return got, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return got, fmt.Errorf("HTTP status %d", response.StatusCode)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxMetadata)).Decode(&got); err != nil {
		return got, errors.New("the answer is not JSON")
	}
	return got, nil
}
