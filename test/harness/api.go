package harness

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Password is the password of the accounts that tests make.
const Password = "correct horse battery staple"

// API is where a server answers, in this process or in one of its own.
type API struct {
	BaseURL string
	HTTP    *http.Client
}

// Response is the answer to a request. In Body, the request id is replaced by "ID".
type Response struct {
	Status int
	Header http.Header
	Body   string
}

// Do sends a request and reads its answer.
func (a API) Do(t *testing.T, method, path, body string, header http.Header) Response {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, a.BaseURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range header {
		r.Header[name] = values
	}
	response, err := a.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	shown := string(text)
	if id := response.Header.Get("X-Request-Id"); id != "" {
		shown = strings.ReplaceAll(shown, id, "ID")
	}
	return Response{response.StatusCode, response.Header, shown}
}

// Query sends a document and its variables, and returns the answer.
func (a API) Query(t *testing.T, bearer, document string, variables map[string]any) Response {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	if bearer != "" {
		header.Set("Authorization", "Bearer "+bearer)
	}
	return a.Do(t, http.MethodPost, "/graphql", string(body), header)
}

// RegisterDocument registers the account of the variable i.
const RegisterDocument = `mutation($i: RegisterInput!) { register(input: $i) { accessToken user { id email roles } session { id current } } }`

// LoginDocument logs in with the input of the variable i.
const LoginDocument = `mutation($i: LoginInput!) { login(input: $i) { accessToken user { email } } }`

// Account is an account that a test made: an access token, the account's id and the session's id.
type Account struct{ Token, ID, Session string }

// Register makes an account and returns its token.
func (a API) Register(t *testing.T, email, pass string) Account {
	t.Helper()
	made := a.Query(t, "", RegisterDocument, map[string]any{"i": map[string]any{"email": email, "password": pass}})
	var got struct {
		Data struct {
			Register struct {
				AccessToken string
				User        struct{ ID, Email string }
				Session     struct {
					ID      string
					Current bool
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(made.Body), &got); err != nil || got.Data.Register.AccessToken == "" {
		t.Fatalf("register answered %d %s", made.Status, made.Body)
	}
	r := got.Data.Register
	if r.User.Email != email || !r.Session.Current {
		t.Errorf("register answered %s", made.Body)
	}
	return Account{r.AccessToken, r.User.ID, r.Session.ID}
}

// CheckLogin logs in, and fails the test unless `me` names the account.
func (a API) CheckLogin(t *testing.T, email string) {
	t.Helper()
	got := a.Query(t, "", LoginDocument, map[string]any{"i": map[string]any{"email": email, "password": Password}})
	_, token, _ := strings.Cut(got.Body, `"accessToken":"`)
	token, _, _ = strings.Cut(token, `"`)
	me := a.Query(t, token, `{ me { email } }`, nil)
	if want := `{"data":{"me":{"email":"` + email + `"}}}`; me.Status != http.StatusOK || me.Body != want {
		t.Errorf("login answered %s\nme with its token got %d %s\nwant %s", got.Body, me.Status, me.Body, want)
	}
}
