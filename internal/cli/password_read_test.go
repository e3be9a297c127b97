//go:build linux

package cli

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

const (
	samplePassword = "correct horse battery staple"
	// terminalPatience is how long a test waits for the terminal.
	terminalPatience = 20 * time.Second
)

// openTerminal returns both ends of a pseudo-terminal: what a person types and sees, and what the program has.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	var number, unlocked uint32
	control(t, person, syscall.TIOCSPTLCK, unsafe.Pointer(&unlocked))
	control(t, person, syscall.TIOCGPTN, unsafe.Pointer(&number))
	program, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

func control(t *testing.T, f *os.File, request uintptr, argument unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(argument)); errno != 0 {
		t.Fatal(errno)
	}
}

// awaitSilence waits until the terminal does not show what is typed.
func awaitSilence(t *testing.T, terminal *os.File) {
	t.Helper()
	for deadline := time.Now().Add(terminalPatience); ; runtime.Gosched() {
		var state syscall.Termios
		control(t, terminal, syscall.TCGETS, unsafe.Pointer(&state))
		if state.Lflag&syscall.ECHO == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the terminal still shows what is typed")
		}
	}
}

// read is the result of readPassword.
type read struct {
	password string
	err      error
}

// typeAt has readPassword ask at a terminal, and types an answer to each prompt.
func typeAt(t *testing.T, answers ...string) (got read, shown string) {
	t.Helper()
	person, program := openTerminal(t)
	prompts, logs := io.Pipe()
	ended := make(chan read, 1)
	go func() {
		password, err := readPassword(program, logs)
		_ = logs.Close()
		ended <- read{password, err}
	}()
	for i, answer := range answers {
		prompt := []string{"Password: ", "\nPassword again: "}[i]
		text := make([]byte, len(prompt))
		if _, err := io.ReadFull(prompts, text); err != nil || string(text) != prompt {
			t.Fatalf("got the prompt %q, %v, want %q", text, err, prompt)
		}
		awaitSilence(t, program)
		if _, err := person.WriteString(answer + "\n"); err != nil {
			t.Fatal(err)
		}
	}
	rest, err := io.ReadAll(prompts)
	if err != nil {
		t.Fatal(err)
	}
	got = <-ended
	if err := program.Close(); err != nil {
		t.Fatal(err)
	}
	seen, _ := io.ReadAll(person) // it ends with an error, because the other end is closed
	return got, string(rest) + string(seen)
}

func TestReadPassword_Terminal(t *testing.T) {
	got, shown := typeAt(t, samplePassword, samplePassword)
	if got.err != nil || got.password != samplePassword {
		t.Errorf("got %q, %v, want the password", got.password, got.err)
	}
	if strings.Contains(shown, samplePassword) {
		t.Errorf("the terminal shows the password: %q", shown)
	}
}

func TestReadPassword_TerminalDiffers(t *testing.T) {
	got, shown := typeAt(t, samplePassword, samplePassword+"x")
	if got.err == nil || got.password != "" || strings.Contains(got.err.Error()+shown, samplePassword) {
		t.Errorf("got %q, %v, %q, want an error without the password", got.password, got.err, shown)
	}
}

func TestReadPassword_Pipe(t *testing.T) {
	for typed, want := range map[string]string{"a b\n": "a b", "a b\r\nmore": "a b", "a b": "a b", "": ""} {
		var logs strings.Builder
		got, err := readPassword(strings.NewReader(typed), &logs)
		if err != nil || got != want || logs.Len() > 0 {
			t.Errorf("%q: got %q, %v and the prompt %q, want %q without a prompt", typed, got, err, logs.String(), want)
		}
	}
}
