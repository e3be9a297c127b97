package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// patience is how long an answer, a frame or an event is waited for.
const patience = 10 * time.Second

// side is one of the two servers, and what its answers have set.
type side struct {
	address string
	client  *http.Client
	saved   map[string]string
	opaqueTexts
}

func newSide(address string) *side {
	return &side{
		address: address, saved: map[string]string{}, opaqueTexts: opaqueTexts{numbers: map[string]int{}},
		client: &http.Client{
			Transport:     &http.Transport{DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// send sends a request and returns the answer with placeholders.
func (s *side) send(ctx context.Context, r request) (a answer, err error) {
	switch {
	case r.raw != "":
		a, err = s.sendRaw(ctx, r)
	case r.stream == "socket":
		a, err = s.openSocket(ctx, r)
	default:
		a, err = s.sendHTTP(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	for _, save := range r.saves {
		e, ok := a.at(save.path)
		if !ok {
			return nil, fmt.Errorf("%s: nothing at %s to save in\n%s", s.address, save.path, strings.Join(a.lines(), "\n"))
		}
		s.saved[save.name] = e.value
	}
	_, port, err := net.SplitHostPort(s.address)
	own := strings.NewReplacer(s.address, "{address}", port, "{port}")
	for i, e := range a {
		a[i].path, a[i].value = own.Replace(e.path), s.mask(own.Replace(e.value))
	}
	return a, err
}

var variable = regexp.MustCompile(`\{\{[a-z.A-Z]+\}\}`)

// fill puts saved values in the place of their names.
func (s *side) fill(text string) (string, error) {
	var missing error
	filled := variable.ReplaceAllStringFunc(text, func(name string) string {
		value, ok := s.saved[strings.Trim(name, "{}")]
		if !ok {
			missing = errors.Join(missing, fmt.Errorf("no answer has set %s", name))
		}
		return value
	})
	return filled, missing
}

// sendHTTP sends a request over HTTP. It follows an event stream by the request's steps.
func (s *side) sendHTTP(ctx context.Context, r request) (a answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*patience)
	defer cancel()
	request, err := s.newRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	a.addHeader(response)
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		return a, s.follow(ctx, &a, r, &events{lines: bufio.NewScanner(response.Body)})
	}
	return a, a.addBody(response)
}

// addBody adds the body: JSON by its values, a text only of status 200. Other texts are messages.
func (a *answer) addBody(response *http.Response) error {
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil || len(body) == 0:
		return err
	case strings.Contains(response.Header.Get("Content-Type"), "json"):
		return a.addJSON("", string(body))
	case response.StatusCode == http.StatusOK:
		a.add("body", string(body))
	}
	return nil
}

func (s *side) newRequest(ctx context.Context, r request) (*http.Request, error) {
	path, method, body := r.path, r.method, r.body
	if path == "" {
		path = "/graphql"
	}
	if method == "" && (r.query != "" || body != "") {
		method = http.MethodPost
	}
	if r.query != "" && method == http.MethodGet {
		path += "?" + url.Values{"query": {r.query}, "variables": {r.variables}}.Encode()
	} else if r.query != "" {
		body = graphQLBody(r.query, r.variables)
	}
	fields := append([]string{path, body}, r.header...)
	if r.as != "" && r.as != "anonymous" {
		fields = append(fields, "Authorization: Bearer {{"+r.as+".token}}")
	}
	for i, field := range fields {
		filled, err := s.fill(field)
		if err != nil {
			return nil, err
		}
		fields[i] = filled
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+s.address+fields[0], strings.NewReader(fields[1]))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, field := range fields[2:] {
		name, value, _ := strings.Cut(field, ": ")
		if name == "Host" {
			request.Host = value
		}
		request.Header.Set(name, value)
	}
	return request, nil
}

func graphQLBody(query, variables string) string {
	if variables == "" {
		variables = "{}"
	}
	text, _ := json.Marshal(query) // it never fails: a string
	return `{"query":` + string(text) + `,"variables":` + variables + `}`
}

// sendRaw writes bytes to a connection of its own and reads the answer.
func (s *side) sendRaw(ctx context.Context, r request) (a answer, err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(conn, r.raw); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		a.add("connection", "closed without an answer")
		return a, nil
	}
	defer response.Body.Close()
	a.addHeader(response)
	return a, a.addBody(response)
}
