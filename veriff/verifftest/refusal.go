package verifftest

import (
	"net/http"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A refusal is an answer that says no.
type refusal struct {
	status  int
	code    string // empty for none
	message string
}

func unauthorized(code, message string) *refusal {
	return &refusal{http.StatusUnauthorized, code, message}
}

func invalid(code, message string) *refusal {
	return &refusal{http.StatusBadRequest, code, message}
}

func notFound() *refusal {
	return &refusal{http.StatusNotFound, "", "Not Found."}
}

func conflict(message string) *refusal {
	return &refusal{http.StatusConflict, "", message}
}

func tooLarge() *refusal {
	return &refusal{http.StatusRequestEntityTooLarge, "", "Request Entity Too Large."}
}

func missing() *refusal {
	return invalid("1102", "Mandatory parameters are missing from the request.")
}

// invalidParameter names the property, which the vendor does not do.
func invalidParameter(name string) *refusal {
	return invalid("1104", "Request includes invalid parameters: "+name+".")
}

func (r *refusal) body() []byte {
	return fake.EncodeJSON(struct {
		Status  string `json:"status"`
		Code    string `json:"code,omitempty"`
		Message string `json:"message"`
	}{"fail", r.code, r.message})
}
