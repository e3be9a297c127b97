package account

import (
	"context"

	"golang.org/x/text/language"

	"authgraph/auth"
)

// maxLocale is the maximum length of a language tag, in bytes.
const maxLocale = 35 // RFC 5646, 4.4.1

// UpdateProfile changes the profile of the caller's own account. The error joins a refusal of each value that is invalid.
func (s *Service) UpdateProfile(ctx context.Context, by Caller, c UserChange) (*User, error) {
	var wrong faults
	if c.DisplayName != nil {
		name, fault := checkDisplayName("displayName", *c.DisplayName)
		wrong.add(fault)
		c.DisplayName = &name
	}
	if c.Locale != nil {
		locale, fault := checkLocale("locale", *c.Locale)
		wrong.add(fault)
		c.Locale = &locale
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	c.ID = by.UserID
	return s.store.UpdateProfile(ctx, by, c)
}

// checkLocale returns the canonical form of a language tag (RFC 5646); nil for an empty one.
func checkLocale(field string, tag *string) (*string, *auth.Error) {
	if tag == nil || *tag == "" {
		return nil, nil
	}
	if len(*tag) > maxLocale {
		return nil, invalid(field, auth.ValueTooLong, "A language tag has at most %d bytes", maxLocale)
	}
	parsed, err := language.Parse(*tag)
	if err != nil || parsed == language.Und {
		return nil, invalid(field, auth.ValueInvalid, "This is not a language tag such as \"de\" or \"pt-BR\"")
	}
	canonical := parsed.String()
	return &canonical, nil
}
