package target

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// Profile profiles the processor time of a server for d, by the address of its metrics, and writes the profile to file.
func Profile(ctx context.Context, metrics string, d time.Duration, file string) error {
	profile, err := fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", metrics, int(d.Seconds())))
	if err != nil {
		return err
	}
	return os.WriteFile(file, profile, 0o644) //nolint:gosec // it goes into the repository
}

// Metric returns the value of a metric without labels, by the address of a server's metrics.
func Metric(ctx context.Context, metrics, name string) (float64, error) {
	text, err := fetch(ctx, "http://"+metrics+"/metrics")
	if err != nil {
		return 0, err
	}
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		if value, found := strings.CutPrefix(lines.Text(), name+" "); found {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("the server has no metric %s", name)
}

// fetch returns the body of a page of the server.
func fetch(ctx context.Context, url string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(r) //nolint:gosec // our own server's
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("%s: %s %.200s", url, response.Status, body), err)
	}
	return body, nil
}
