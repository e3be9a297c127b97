package config

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// fileSuffix is the end of the name of a variable that names a file with a secret.
const fileSuffix = "_FILE"

// setting is one field of Config as its tags describe it.
type setting struct {
	name, fallback string
	min, max       string
	values         []string // the only ones, if any
	fileVariable   string   // the variable that names a file, if any
	field          reflect.StructField
}

func settings() []setting {
	var all []setting
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		tag := field.Tag
		s := setting{
			name: tag.Get("env"), fallback: tag.Get("envDefault"),
			min: tag.Get("min"), max: tag.Get("max"),
			values: strings.Fields(tag.Get("oneof")), field: field,
		}
		if tag.Get("secret") == "file" {
			s.fileVariable = s.name + fileSuffix
		}
		all = append(all, s)
	}
	return all
}

// bounds returns the minimum and maximum of the setting, and whether it has them.
// A bound that can't be read is a mistake in Config's tags.
func (s setting) bounds() (min, max int64, bounded bool) {
	if s.min == "" {
		return 0, 0, false
	}
	return s.number(s.min), s.number(s.max), true
}

func (s setting) number(text string) int64 {
	if s.field.Type == reflect.TypeFor[time.Duration]() {
		d, err := time.ParseDuration(text)
		if err != nil {
			panic("config: a bound of " + s.name + " is not a duration: " + text)
		}
		return int64(d)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic("config: a bound of " + s.name + " is not a number: " + text)
	}
	return n
}
