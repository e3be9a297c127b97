package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Document is one that a manifest holds.
type Document struct {
	File   string
	ID     string // as the manifest names it, and as clients do
	Source string
}

// String returns the file and the id of the document, for errors.
func (d Document) String() string { return d.File + ": " + d.ID }

func byID(a, b Document) int { return strings.Compare(a.ID, b.ID) }

// apolloFormat is what manifests of @apollo/generate-persisted-query-manifest say of themselves.
const apolloFormat = "apollo-persisted-query-manifest"

// ReadFiles returns the documents of all files, in the order of the files and of their names. The error names every fault of
// all of them.
func ReadFiles(paths []string) ([]Document, error) {
	var all []Document
	var faults []error
	seen := map[string]Document{}
	for _, path := range paths {
		documents, err := readFile(path)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for _, d := range documents {
			switch before, twice := seen[d.ID]; {
			case d.ID == "":
				faults = append(faults, fmt.Errorf("%s: an operation has no id", path))
			case d.Source == "":
				faults = append(faults, fmt.Errorf("%s: there is no document", d))
			case twice && (before.File == d.File || before.Source != d.Source):
				faults = append(faults, fmt.Errorf("%s: %s has the same id", d, before.File))
			case !twice:
				seen[d.ID] = d
				all = append(all, d)
			}
		}
	}
	return all, errors.Join(faults...)
}

func readFile(path string) ([]Document, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Read(path, data)
}

// Read reads the format of Apollo's manifests, or that of Relay's and graphql-codegen's compilers: one object whose names are
// the ids, and whose values are the documents. The path names it in errors.
func Read(path string, data []byte) ([]Document, error) {
	if !jsontext.Value(data).IsValid() { // strict: of two members of one name encoding/json would take the last
		return nil, fmt.Errorf("%s: it is not JSON, or has a name twice", path)
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil {
		return nil, fmt.Errorf("%s: it is not a manifest: it must be one JSON object of ids and documents, or %s", path, apolloFormat)
	}
	if _, apollo := members["format"]; apollo {
		return readApollo(path, data)
	}
	var documents []Document
	var faults []error
	for id, value := range members {
		d := Document{File: path, ID: id}
		if json.Unmarshal(value, &d.Source) != nil {
			faults = append(faults, fmt.Errorf("%s: it is not UTF-8 text", d))
			continue
		}
		documents = append(documents, d)
	}
	slices.SortFunc(documents, byID)
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	if len(members) == 0 {
		faults = append(faults, fmt.Errorf("%s: it holds no operation", path))
	}
	return documents, errors.Join(faults...)
}

func readApollo(path string, data []byte) ([]Document, error) {
	var m struct {
		Format     string
		Version    int
		Operations []struct{ ID, Body string }
	}
	switch err := json.Unmarshal(data, &m); {
	case err != nil:
		return nil, fmt.Errorf("%s: it is not in the format %s", path, apolloFormat)
	case m.Format != apolloFormat || m.Version != 1:
		return nil, fmt.Errorf("%s: its format is %q, version %d; it must be %s, version 1", path, m.Format, m.Version, apolloFormat)
	case len(m.Operations) == 0:
		return nil, fmt.Errorf("%s: it holds no operation", path)
	}
	documents := make([]Document, len(m.Operations))
	for i, o := range m.Operations {
		documents[i] = Document{path, o.ID, o.Body}
	}
	slices.SortStableFunc(documents, byID)
	return documents, nil
}
