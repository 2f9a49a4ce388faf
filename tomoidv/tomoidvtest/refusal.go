package tomoidvtest

import (
	"net/http"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A refusal is an answer that says no.
type refusal struct {
	status  int
	code    string // of an OAuth error
	message string
	oauth   bool // has the body of an OAuth error whatever WithErrorForm says
}

func oauthError(code, message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: code, message: message, oauth: true}
}

func invalid(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "invalid_request", message: message}
}

func missing(name string) *refusal { return invalid("invalid body: " + name + " is missing") }

func wrong(name string) *refusal { return invalid("invalid body: " + name) }

func notFound(message string) *refusal {
	return &refusal{status: http.StatusNotFound, code: "not_found", message: message}
}

func (s *Server) refuse(no *refusal) *fake.Answer {
	switch {
	case no.oauth || s.settings.errors == OAuthErrors:
		return newAnswer(no.status, oauthBody(no.code, no.message))
	case s.settings.errors == TextErrors:
		return fake.NewAnswer(no.status, "text/plain;charset=utf-8", []byte(no.message))
	}
	return newAnswer(no.status, messageBody(no.message))
}

func oauthBody(code, description string) []byte {
	return fake.EncodeJSON(struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
}

func messageBody(message string) []byte {
	return fake.EncodeJSON(map[string]any{"message": message})
}

func newAnswer(status int, body []byte) *fake.Answer {
	return fake.NewAnswer(status, "application/json;charset=utf-8", body)
}
