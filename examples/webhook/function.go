package main

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/kyckit/kyckit-go/veriff"
)

// A request is what AWS Lambda hands to a function behind a function URL or
// an API Gateway (payload format 2.0). Platforms that hand over an
// *http.Request, such as Google's, can use the handler as it is.
type request struct {
	Headers         map[string]string `json:"headers"` // names in lower case
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

type response struct {
	StatusCode int `json:"statusCode"`
}

// function is the handler as a function: lambda.Start(app.function). Between two
// calls nothing of it need be left, so that the sessions must be in a database,
// and there is no deduper: what heard has stored is what makes a repetition
// harmless.
func (a *application) function(ctx context.Context, req request) (response, error) {
	header := http.Header{}
	for name, value := range req.Headers {
		header.Set(name, value)
	}
	// The signature covers the bytes that Veriff sent. So base64, where the
	// platform has put it around them, comes off first, and nothing else is done
	// to them: JSON that was parsed and written again has other bytes.
	body := []byte(req.Body)
	if req.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(req.Body); err != nil {
			return response{http.StatusBadRequest}, nil
		}
	}
	webhook, err := a.verifier.Parse(header, body)
	switch {
	case errors.Is(err, veriff.ErrInvalidAnswer): // genuine, and cannot be read
		return response{http.StatusBadRequest}, nil
	case err != nil:
		return response{http.StatusUnauthorized}, nil
	}
	if decision, ok := webhook.(*veriff.Decision); ok {
		webhook, err = a.client.Confirm(ctx, decision) // as ConfirmWith does
		switch {
		case errors.Is(err, veriff.ErrSuperseded):
			return response{http.StatusOK}, nil // late, or sent again: a newer one has its own webhook
		case err != nil:
			return response{http.StatusServiceUnavailable}, nil // Veriff delivers again
		}
	}
	if err := a.heard(ctx, webhook); err != nil {
		return response{http.StatusInternalServerError}, nil
	}
	return response{http.StatusOK}, nil
}
