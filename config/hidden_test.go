package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestConfig_Redacted prints a whole Config, and one that lies in an
// unexported field, in the ways that a program may print it by accident.
func TestConfig_Redacted(t *testing.T) {
	c, err := Load([]string{"DATABASE_URL=postgres://u:" + password + "@localhost/a", "AUTHGRAPH_SECRETS=k1:" + keyText,
		"AUTHGRAPH_SMTP_URL=smtp://u:" + password + "@localhost", "AUTHGRAPH_MAIL_FROM=a@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	type server struct{ config Config }
	type pointing struct{ config *Config }
	outputs := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T %v"} {
		outputs["Config "+verb] = fmt.Sprintf(verb, c)
		outputs["URL "+verb] = fmt.Sprintf(verb, c.DatabaseURL)
		outputs["SMTP "+verb] = fmt.Sprintf(verb, c.SMTP)
		outputs["Secret "+verb] = fmt.Sprintf(verb, c.Secrets)
		outputs["unexported "+verb] = fmt.Sprintf(verb, server{c})
		outputs["pointer "+verb] = fmt.Sprintf(verb, pointing{&c})
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	outputs["json"] = string(encoded)
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("start", "config", c, "url", c.DatabaseURL, "secret", c.Secrets, "server", server{c})
	}
	outputs["slog"] = log.String()

	for name, output := range outputs {
		for _, form := range leaks() {
			if strings.Contains(strings.ToLower(output), strings.ToLower(form)) {
				t.Errorf("%s: got a secret in %s", name, output)
			}
		}
	}
	for _, name := range []string{"Config %v", "Secret %d", "json", "slog"} {
		if !strings.Contains(outputs[name], "[redacted]") {
			t.Errorf("%s: got %s, want [redacted] in it", name, outputs[name])
		}
	}
}

// leaks are the spellings of the secrets that a print may give away.
func leaks() []string {
	return []string{
		password, fmt.Sprintf("%x", password),
		keyText, string(keyBytes[:]), fmt.Sprintf("%x", keyBytes),
		strings.Trim(fmt.Sprint(keyBytes), "[]"), strings.Trim(fmt.Sprintf("%#v", keyBytes), "[32]uint8{}"),
	}
}

func TestHidden_Methods(t *testing.T) {
	h := Hide(password)
	text, err := h.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	value, err := h.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(map[Hidden[string]]Hidden[string]{h: h})
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"String": h.String(), "GoString": h.GoString(), "LogValue": h.LogValue().String(), "MarshalText": string(text),
		"MarshalJSON": strings.Trim(string(value), `"`),
	} {
		if got != "[redacted]" {
			t.Errorf("%s: got %q, want [redacted]", name, got)
		}
	}
	if got, want := string(encoded), `{"[redacted]":"[redacted]"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := h.Reveal(); got != password {
		t.Errorf("got %q, want the value itself", got)
	}
	if got := (Hidden[string]{}).Reveal(); got != "" {
		t.Errorf("got %q of the zero value, want nothing", got)
	}
}
