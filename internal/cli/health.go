package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"authgraph/config"
)

// healthTimeout bounds how long `health` waits for the server.
const healthTimeout = 3 * time.Second

// maxHealthText bounds how much of the answer is shown, in bytes.
const maxHealthText = 200

// health asks the server at the configured address whether it is ready, and prints the answer. The error says why it is
// not. It is for containers without a shell: HEALTHCHECK CMD ["/authgraph", "health"].
func health(ctx context.Context, c config.Config, out io.Writer) error {
	url, err := readyURL(c.Addr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}} // a proxy would answer for itself
	response, err := client.Do(request)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s did not answer within %v", url, healthTimeout)
	}
	if err != nil {
		return fmt.Errorf("no server responds: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxHealthText))
	if err != nil {
		return fmt.Errorf("%s: the answer could not be read: %w", url, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s returned %d: %s", url, response.StatusCode, strings.TrimSpace(string(text)))
	}
	_, err = fmt.Fprintln(out, strings.TrimSpace(string(text)))
	return err
}

// readyURL returns the URL of the readiness check of a server that listens at addr. A server on all addresses is asked on
// loopback.
func readyURL(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	if port == "0" {
		return "", fmt.Errorf("AUTHGRAPH_ADDR is %q: the port is chosen at the start, so health can't ask the server", addr)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip != nil && ip.To4() == nil {
			host = "::1"
		}
	}
	return "http://" + net.JoinHostPort(host, port) + "/readyz", nil
}
