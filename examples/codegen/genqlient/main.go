// Whoami signs in and prints who that is: go run . URL EMAIL, with the password on standard input.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/Khan/genqlient/graphql"
)

//go:generate go tool genqlient

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: whoami URL EMAIL, with the password on standard input")
		os.Exit(2)
	}
	password, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		fmt.Fprintln(os.Stderr, "no password:", err)
		os.Exit(2)
	}
	who, err := whoami(context.Background(), os.Args[1], os.Args[2], strings.TrimRight(password, "\r\n"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(who)
}

var errPending = errors.New("another step is needed to sign in")

// whoami returns the address that an account signs in with, and what it may do.
func whoami(ctx context.Context, url, email, password string) (string, error) {
	in, err := Login(ctx, graphql.NewClient(url, http.DefaultClient), email, password)
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	if in.Login == nil || in.Login.AccessToken == nil {
		return "", errPending
	}
	me, err := Me(ctx, graphql.NewClient(url, &http.Client{Transport: bearer(*in.Login.AccessToken)}))
	if err != nil {
		return "", fmt.Errorf("me: %w", err)
	}
	if me.Me == nil || me.Me.Email == nil {
		return "", errPending
	}
	return fmt.Sprintf("%s %v", *me.Me.Email, me.Me.Permissions), nil
}

// bearer is an access token that goes with each request.
type bearer string

// RoundTrip sends a copy of the request, as http.RoundTripper demands.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}
