package config

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// Fault is one thing wrong with the environment. Load joins them all into its
// error; errors.As finds the first.
type Fault struct {
	Name  string // name of the variable
	Wrong string // description of the fault
	Right string // correct form
}

// Error is one line: the name, what is wrong, and what would be right.
func (f Fault) Error() string { return f.Name + " " + f.Wrong + "; " + f.Right }

// problem is a fault whose variable the finder doesn't know. Its text holds
// the value of no secret.
type problem struct{ wrong, right string }

func (p problem) Error() string { return p.wrong + "; " + p.right }

// faults collects what is wrong while the environment is read.
type faults []Fault

func (f *faults) add(name, wrong, right string) {
	*f = append(*f, Fault{Name: name, Wrong: wrong, Right: right})
}

// addError adds err under name. It quotes problems only: any other error was
// written by a package that knows nothing of secrets.
func (f *faults) addError(name string, err error) {
	var p problem
	if !errors.As(err, &p) {
		p = problem{"can't be read", "see docs/configuration.md"}
	}
	f.add(name, p.wrong, p.right)
}

// any reports whether one of the settings is at fault, or its twin, so that no
// fault is reported that merely follows from another.
func (f *faults) any(names ...string) bool {
	return slices.ContainsFunc(*f, func(fault Fault) bool {
		return slices.Contains(names, strings.TrimSuffix(fault.Name, fileSuffix))
	})
}

// join returns the faults as one error in the order of the settings, those
// that are no settings last; nil without faults.
func (f *faults) join(settings []setting) error {
	place := func(name string) int {
		at := slices.IndexFunc(settings, func(s setting) bool {
			return s.name == name || s.fileVariable == name
		})
		if at < 0 {
			return len(settings)
		}
		return at
	}
	slices.SortFunc(*f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(place(a.Name), place(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	var all []error
	for _, fault := range *f {
		all = append(all, fault)
	}
	return errors.Join(all...)
}
