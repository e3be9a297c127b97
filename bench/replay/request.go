package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// section is a pair of servers with the same settings, and what is sent to them.
type section struct {
	name     string
	environ  []string
	files    map[string]string
	requests []request
}

// request is a request of the file. {{name}} in its texts stands for what an earlier answer has set with `save`.
type request struct {
	name, as, method, path string
	query, variables, body string
	raw                    string // bytes of a connection, in place of everything else
	stream                 string // "socket", "events" or ""
	header, steps          []string
	saves                  []saved
	times                  int
}

// saved names a value of an answer.
type saved struct{ name, path string }

// parse reads a file of requests. Blocks are separated by empty lines; # begins a comment. A block that begins with `server`
// begins a section. Every other block is a request: its name, and then a key and a value in each line. A key after an asterisk
// stands for one request with each such line. `as a b` stands for one request by each caller.
func parse(text string) (sections []section, err error) {
	for block := range strings.SplitSeq(text, "\n\n") {
		lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(block), "\n"), func(line string) bool {
			return line == "" || strings.HasPrefix(line, "#")
		})
		switch {
		case len(lines) == 0:
			continue
		case strings.HasPrefix(lines[0], "server "):
			fields := strings.Fields(lines[0])
			s := section{name: fields[1], environ: fields[2:], files: map[string]string{}}
			for _, line := range lines[1:] {
				name, content, _ := strings.Cut(strings.TrimPrefix(line, "file "), " ")
				s.files[name] = content
			}
			sections = append(sections, s)
		case len(sections) == 0:
			return nil, fmt.Errorf("request %q stands before the first server", lines[0])
		default:
			s := &sections[len(sections)-1]
			read, err := parseRequests(lines)
			if err != nil {
				return nil, fmt.Errorf("request %q: %w", lines[0], err)
			}
			s.requests = append(s.requests, read...)
		}
	}
	return sections, nil
}

// parseRequests returns the requests of a block.
func parseRequests(lines []string) (requests []request, err error) {
	r, callers := request{name: lines[0]}, []string{""}
	var variants []string
	for _, line := range lines[1:] {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "*":
			variants = append(variants, value)
		case "as":
			callers = strings.Fields(value)
		default:
			if err := r.set(key, value); err != nil {
				return nil, err
			}
		}
	}
	if len(variants) == 0 {
		variants = []string{""}
	}
	for _, variant := range variants {
		for _, caller := range callers {
			one := r
			one.as, one.header, one.steps = caller, slices.Clone(r.header), slices.Clone(r.steps)
			one.name = strings.Join(strings.Fields(r.name+" "+caller+" "+variant), " ")
			if len(one.name) > 100 {
				one.name = one.name[:100] + "…"
			}
			if key, value, _ := strings.Cut(variant, " "); variant != "" {
				if err := one.set(key, value); err != nil {
					return nil, err
				}
			}
			requests = append(requests, one)
		}
	}
	return requests, nil
}

func (r *request) set(key, value string) (err error) {
	texts := map[string]*string{
		"method": &r.method, "path": &r.path, "query": &r.query, "variables": &r.variables, "body": &r.body, "stream": &r.stream,
	}
	switch text, ok := texts[key]; {
	case ok:
		*text = value
	case key == "bytes": // bytes of a body, quoted as in Go
		r.body, err = strconv.Unquote(value)
	case key == "raw":
		r.raw, err = strconv.Unquote(value)
	case key == "spaces": // after the body
		n, atoiErr := strconv.Atoi(value)
		r.body, err = r.body+strings.Repeat(" ", n), atoiErr
	case key == "header":
		r.header = append(r.header, value)
	case key == "times":
		r.times, err = strconv.Atoi(value)
	case key == "save":
		name, path, _ := strings.Cut(value, " ")
		r.saves = append(r.saves, saved{name, path})
	case slices.Contains([]string{"send", "receive", "wait", "do", "closed", "closes"}, key):
		r.steps = append(r.steps, key+" "+value)
	default:
		err = fmt.Errorf("unknown key %q", key)
	}
	return err
}
