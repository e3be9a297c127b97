package config

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"authgraph/internal/seal"
)

// Load reads the settings from environ, in the form of os.Environ, and from
// the files that the _FILE variables name; from nothing else. A variable that
// is set to nothing counts as not set. The error holds every Fault there is,
// one per line, and with it the Config is empty.
func Load(environ []string) (Config, error) {
	var (
		c      Config
		f      faults
		all    = settings()
		env    = variables(environ)
		values = map[string]string{}
	)
	f.unknown(all, env)
	for _, s := range all {
		if text, ok := f.value(s, env); ok {
			values[s.name] = text
		}
	}
	f.parse(&c, all, values)
	f.bounds(c, all, values)
	f.combine(&c, env)
	if err := f.join(all); err != nil {
		return Config{}, err
	}
	return c, nil
}

func variables(environ []string) map[string]string {
	env := map[string]string{}
	for _, entry := range environ {
		if name, value, found := strings.Cut(entry, "="); found && value != "" {
			env[name] = value
		}
	}
	return env
}

// value returns the text of a setting, from its variable or its twin.
func (f *faults) value(s setting, env map[string]string) (string, bool) {
	text, ok := env[s.name]
	if path, named := env[s.fileVariable]; named && s.fileVariable != "" {
		if ok {
			f.add(s.name, "and "+s.fileVariable+" are both set", "set one of them")
			return "", false
		}
		content, err := readFileValue(path)
		if err != nil {
			f.addError(s.fileVariable, err)
			return "", false
		}
		text, ok = content, true
	}
	if ok && len(s.values) > 0 && !slices.Contains(s.values, text) {
		f.add(s.name, fmt.Sprintf("is %q", text), "it must be "+strings.Join(s.values, " or "))
		return "", false
	}
	return text, ok
}

// parseSecrets says what is wrong with a list of secrets, which quotes nothing of it.
func parseSecrets(list string) (Hidden[[]seal.Secret], error) {
	secrets, err := seal.Parse(list)
	if err != nil {
		return Hidden[[]seal.Secret]{}, problem{"is no list of secrets: " + err.Error(), "give id:key pairs separated by commas, " +
			"each id of 1 to 32 of A-Z a-z 0-9 _ - and each key 32 bytes in base64"}
	}
	return Hide(secrets), nil
}

// parse fills c. The library's own errors quote the value, so that only the
// name of the field is taken from them, and the problem that a parser below
// has found.
func (f *faults) parse(c *Config, all []setting, values map[string]string) {
	err := env.ParseWithOptions(c, env.Options{
		Environment: values,
		FuncMap: map[reflect.Type]env.ParserFunc{
			reflect.TypeFor[Hidden[string]]():        func(v string) (any, error) { return parseDatabaseURL(v) },
			reflect.TypeFor[Hidden[[]seal.Secret]](): func(v string) (any, error) { return parseSecrets(v) },
			reflect.TypeFor[Hidden[SMTP]]():          func(v string) (any, error) { return parseSMTP(v) },
			reflect.TypeFor[Mailbox]():               func(v string) (any, error) { return parseMailbox(v) },
			reflect.TypeFor[[]string]():              func(v string) (any, error) { return parseOrigins(v) },
			reflect.TypeFor[Hosts]():                 func(v string) (any, error) { return parseHosts(v) },
			reflect.TypeFor[Paths]():                 func(v string) (any, error) { return parsePaths(v) },
			reflect.TypeFor[[]netip.Prefix]():        func(v string) (any, error) { return parsePrefixes(v) },
			reflect.TypeFor[time.Duration]():         parseDuration,
			reflect.TypeFor[int64]():                 parseNumber,
			reflect.TypeFor[int]():                   parseInt,
		},
	})
	var found env.AggregateError
	if err != nil && !errors.As(err, &found) {
		panic(fmt.Sprintf("config: %T is no aggregate of faults", err))
	}
	for _, err := range found.Errors {
		var parse env.ParseError
		if !errors.As(err, &parse) {
			panic(fmt.Sprintf("config: a tag of Config is wrong: %T", err))
		}
		at := slices.IndexFunc(all, func(s setting) bool { return s.field.Name == parse.Name })
		f.addError(all[at].name, parse.Err)
	}
}

func (f *faults) bounds(c Config, all []setting, values map[string]string) {
	for _, s := range all {
		min, max, bounded := s.bounds()
		if _, set := values[s.name]; !bounded || f.any(s.name) || !set && s.fallback == "" {
			continue
		}
		n := reflect.ValueOf(c).FieldByIndex(s.field.Index).Int()
		if n < min || n > max {
			f.add(s.name, "is "+values[s.name], "it must be from "+s.min+" to "+s.max)
		}
	}
}

func parseInt(text string) (any, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, problem{fmt.Sprintf("is %q", text), "it must be a whole number"}
	}
	return n, nil
}

func parseNumber(text string) (any, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, problem{fmt.Sprintf("is %q", text), "it must be a whole number"}
	}
	return n, nil
}

func parseDuration(text string) (any, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return nil, problem{fmt.Sprintf("is %q", text), "it must be a duration such as 90s, 10m or 1h"}
	}
	return d, nil
}
