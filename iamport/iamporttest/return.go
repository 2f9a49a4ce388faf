package iamporttest

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// callback is what the popup's callback gets.
func (x *certification) callback() []byte {
	code, message := x.failure()
	return fake.EncodeJSON(rsp{
		Success:     x.status == statusCertified,
		ImpUID:      orNull(x.impUID),
		MerchantUID: orNull(x.attempt.MerchantUID),
		ErrorCode:   orNull(code),
		ErrorMsg:    orNull(message),
	})
}

// rsp is the argument of the callback.
type rsp struct {
	Success     bool `json:"success"`
	ImpUID      any  `json:"imp_uid"`
	MerchantUID any  `json:"merchant_uid"`
	ErrorCode   any  `json:"error_code"`
	ErrorMsg    any  `json:"error_msg"`
}

// failure is what the browser is told of a certification that has no success.
func (x *certification) failure() (code, message string) {
	if x.status == statusBegun {
		return "", leftMessage
	}
	return x.errorCode, x.errorMsg
}

// returnURL is where the redirected browser goes.
func (s *Server) returnURL(x *certification) string {
	success := "success"
	if s.settings.impSuccess {
		success = "imp_success"
	}
	certified := x.status == statusCertified
	pairs := [][2]string{
		{"imp_uid", x.impUID},
		{"merchant_uid", x.attempt.MerchantUID},
		{success, strconv.FormatBool(certified)},
	}
	if s.settings.nullStrings || s.settings.returnErrors && !certified {
		code, message := x.failure()
		pairs = append(pairs, [2]string{"error_code", code}, [2]string{"error_msg", message})
	}
	written := make([]string, 0, len(pairs))
	for _, p := range pairs {
		name, value := p[0], p[1]
		if value == "" && s.settings.nullStrings {
			value = "null"
		}
		if !s.settings.unencodedReturn {
			value = url.QueryEscape(value)
		}
		written = append(written, name+"="+value)
	}
	query := strings.Join(written, "&")
	if s.settings.unencodedReturn {
		return x.attempt.RedirectURL + "?" + query
	}
	address, fragment, hasFragment := strings.Cut(x.attempt.RedirectURL, "#")
	if strings.Contains(address, "?") {
		address += "&" + query
	} else {
		address += "?" + query
	}
	if hasFragment {
		address += "#" + fragment
	}
	return address
}
