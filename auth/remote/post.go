package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"authgraph/auth"
)

// maxAnswer bounds what the issuer can make us read in answer to one operation.
const maxAnswer = 1 << 20

// operation is a GraphQL request.
type operation struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables,omitempty"`
}

// refusals are the errors of a GraphQL answer, as far as they are looked at.
type refusals []struct {
	Message    string `json:"message"`
	Extensions struct {
		Code   auth.Code   `json:"code"`
		Reason auth.Reason `json:"reason"`
	} `json:"extensions"`
}

// err returns the first as an *auth.Error.
func (r refusals) err() error {
	if len(r) == 0 {
		return nil
	}
	return &auth.Error{Code: r[0].Extensions.Code, Reason: r[0].Extensions.Reason, Message: r[0].Message}
}

// send posts an operation, and returns the answer's body for the caller to close.
func send(ctx context.Context, client *http.Client, endpoint, token, accept string, o operation) (*http.Response, error) {
	body, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", accept)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return client.Do(r)
}

// ask posts an operation and decodes the data of its answer. The error is an *auth.Error where the issuer refused it.
func ask(ctx context.Context, client *http.Client, endpoint, token string, o operation, data any) error {
	response, err := send(ctx, client, endpoint, token, "application/graphql-response+json", o)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return decode(response, data)
}

func decode(response *http.Response, data any) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return err
	}
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors refusals        `json:"errors"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("the issuer answered %d without a GraphQL response", response.StatusCode)
	}
	if err := answer.Errors.err(); err != nil {
		return err
	}
	if len(answer.Data) == 0 {
		return errors.New("the issuer's answer holds no data")
	}
	return json.Unmarshal(answer.Data, data)
}
