package iamporttest

import (
	"net/http"
	"strings"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A refusal is an answer that says no.
type refusal struct {
	status  int
	message string
}

func unauthorized(message string) *refusal {
	return &refusal{http.StatusUnauthorized, message}
}

func invalid(message string) *refusal {
	return &refusal{http.StatusBadRequest, message}
}

// noCertification is the vendor's answer about an imp_uid that is not the
// merchant's.
func noCertification() *refusal {
	return &refusal{http.StatusNotFound, "인증결과가 존재하지 않습니다."}
}

func missing(names ...string) *refusal {
	return invalid(strings.Join(names, ", ") + " 파라메터가 누락되었습니다.")
}

func wrong(name string) *refusal {
	return invalid(name + " 파라메터가 올바르지 않습니다.")
}

func usedMerchantUID() *refusal { return invalid("이미 사용된 merchant_uid입니다.") }

func (r *refusal) body() []byte { return envelope(-1, r.message, nil) }

// envelope is what every answer of the API is wrapped in. An empty message is
// null.
func envelope(code int, message string, response any) []byte {
	return fake.EncodeJSON(struct {
		Code     int `json:"code"`
		Message  any `json:"message"`
		Response any `json:"response"`
	}{code, orNull(message), response})
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
