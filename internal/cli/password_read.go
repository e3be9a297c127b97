package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// readPassword reads a password from the first line of in. If in is a terminal, it asks for the password on logs, twice,
// and the terminal does not show what is typed.
func readPassword(in io.Reader, logs io.Writer) (string, error) {
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return askPassword(file, logs)
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), nil
}

func askPassword(terminal *os.File, logs io.Writer) (string, error) {
	ask := func(prompt string) (string, error) {
		_, _ = fmt.Fprint(logs, prompt)
		typed, err := term.ReadPassword(int(terminal.Fd()))
		_, _ = fmt.Fprintln(logs) // the terminal does not show the end of the line either
		return string(typed), err
	}
	first, err := ask("Password: ")
	if err != nil {
		return "", err
	}
	again, err := ask("Password again: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the passwords differ; no account was created")
	}
	return first, nil
}
