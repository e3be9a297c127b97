package remote

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxEvent bounds one line of a stream, and the data of one event, in bytes.
const maxEvent = 64 << 10

// errTooLong reports an event that no issuer would send.
var errTooLong = errors.New("an event of the stream is too long")

// errComplete is the end of a stream that its server meant.
var errComplete = errors.New("the stream is complete")

// readEvents calls next with the data of each `next` event of a stream of server-sent events, as GraphQL over SSE has
// them in its distinct connections mode, and heard with each line, comments too.
func readEvents(r io.Reader, received func(), next func(data []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 4<<10), maxEvent)
	var kind string
	var data []byte
	for lines.Scan() {
		received()
		line := bytes.TrimSuffix(lines.Bytes(), []byte("\r"))
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch {
		case len(line) > 0 && string(name) == "event":
			kind = string(value)
		case len(line) > 0 && string(name) == "data":
			if data = append(append(data, value...), '\n'); len(data) > maxEvent {
				return errTooLong
			}
		case len(line) == 0:
			if kind == "complete" {
				return errComplete
			}
			if kind == "next" {
				if err := next(bytes.TrimSuffix(data, []byte("\n"))); err != nil {
					return err
				}
			}
			kind, data = "", nil
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.ErrUnexpectedEOF
}
