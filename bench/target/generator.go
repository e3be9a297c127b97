package target

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
)

// Generator starts this program again with other arguments, as a load generator at nice 10. stop ends its standard input and
// decodes what it has printed, as JSON.
func Generator(ctx context.Context, args ...string) (stop func(into any) error, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, "nice", append([]string{"-n", "10", self}, args...)...)
	var out strings.Builder
	c.Stdout, c.Stderr = &out, os.Stderr
	input, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	return func(into any) error {
		if err := errors.Join(input.Close(), c.Wait()); err != nil {
			return err
		}
		return json.Unmarshal([]byte(out.String()), into)
	}, nil
}

// UntilStopped returns a context that ends when the standard input of a Generator ends.
func UntilStopped() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	return ctx
}

// LoadAverage returns the machine's load averages; "unknown" on systems without /proc.
func LoadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 3 {
		return "unknown"
	}
	return strings.Join(fields[:3], " ")
}
