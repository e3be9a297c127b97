package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// readFileValue returns the content of the file that a _FILE variable names, without one newline
// at its end, which editors and echo leave there. Its problem names the path
// and never the content; nor the path if that seems to be the secret itself,
// written into the wrong variable: all our secrets have a colon in them.
func readFileValue(path string) (string, error) {
	if strings.Contains(strings.TrimPrefix(path, filepath.VolumeName(path)), ":") {
		return "", problem{"is not the path of a file", "it may hold the secret itself, which goes into the variable without _FILE"}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return "", problem{fmt.Sprintf("names %s, which can't be read: %v", path, err), "name a file that this user may read"}
	}
	text, found := strings.CutSuffix(string(content), "\r\n")
	if !found {
		text = strings.TrimSuffix(text, "\n")
	}
	if text == "" {
		return "", problem{fmt.Sprintf("names %s, which is empty", path), "write the secret into it"}
	}
	return text, nil
}
