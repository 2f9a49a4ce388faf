package iamport

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/internal/transport"
)

const (
	opReturn  = "ParseReturn"
	maxReturn = 64 << 10
)

// A Claim is what a browser says about an attempt. It proves nothing: anybody
// can send anything, such as the imp_uid of another person who was certified
// for the same merchant, or success after a failure. It only tells which
// certification to ask about, with [Client.VerifyCertification] and the
// MerchantUID that is stored with the person's session.
type Claim struct {
	// ImpUID is the certification to ask about. It can be "" in a Claim that
	// tells of a failure, and it is nothing but fit to be asked about.
	ImpUID string
	// MerchantUID is "" if the browser did not send it, as in document 001's
	// popup. It may help to find the attempt; look for it among the person's
	// own alone.
	MerchantUID string
	// Success is Unsaid if the browser did not say, or said both.
	Success Tristate
	// ErrorCode and ErrorMsg say why there is no success; there is no list of
	// codes. Escape them before showing them.
	ErrorCode string
	ErrorMsg  string
}

// ParseReturn reads what the browser brings back:
//
//   - by GET, the query of m_redirect_url, with success or imp_success, even if
//     a mobile SDK did not encode the values or put a second "?" before them;
//   - by POST, what the page sends from the callback of IMP.certification: JSON,
//     or a form, even if its Content-Type says JSON as in document 001.
//
// It reads the body of a POST to its end, and must be the first to do so: after
// r.ParseForm or r.FormValue nothing is left of a form.
//
// Values that are "null" or "undefined" count as missing. An error is
// [ErrInvalidAnswer] for what cannot be read or names no imp_uid and no
// failure, and [ErrTooLarge] for over 64 KiB.
func ParseReturn(r *http.Request) (*Claim, error) {
	if r == nil || r.URL == nil {
		return nil, returnError(ErrInvalidAnswer, "there is no request")
	}
	var claim *Claim
	var err error
	switch r.Method {
	case http.MethodGet, http.MethodHead, "": // an http.Request without a method is a GET
		if len(r.URL.RawQuery) > maxReturn {
			return nil, returnError(ErrTooLarge, "")
		}
		claim, err = parsePairs(r.URL.RawQuery)
	case http.MethodPost:
		claim, err = parseBody(r.Body)
	default:
		return nil, returnError(ErrInvalidAnswer, "neither GET nor POST")
	}
	if err != nil {
		return nil, err
	}
	if err := claim.check(); err != nil {
		return nil, returnError(ErrInvalidAnswer, err.Error())
	}
	return claim, nil
}

func parseBody(body io.Reader) (*Claim, error) {
	if body == nil {
		return nil, returnError(ErrInvalidAnswer, "there is no body")
	}
	data, err := io.ReadAll(io.LimitReader(body, maxReturn+1))
	switch {
	case err != nil:
		return nil, &Error{Op: opReturn, kinds: []error{ErrInvalidAnswer}, detail: "the body cannot be read", cause: err}
	case len(data) > maxReturn:
		return nil, returnError(ErrTooLarge, "")
	}
	text := strings.TrimSpace(string(data))
	if strings.HasPrefix(text, "{") {
		return parseJSON([]byte(text))
	}
	return parsePairs(text)
}

// claimText is a value that a page may send as a string, number, boolean or
// null.
type claimText string

func (t *claimText) UnmarshalJSON(data []byte) error {
	text, err := transport.Scalar(data)
	*t = claimText(text)
	return err
}

func parseJSON(data []byte) (*Claim, error) {
	var sent struct {
		ImpUID      claimText `json:"imp_uid"`
		MerchantUID claimText `json:"merchant_uid"`
		Success     claimText `json:"success"`
		ImpSuccess  claimText `json:"imp_success"`
		ErrorCode   claimText `json:"error_code"`
		ErrorMsg    claimText `json:"error_msg"`
	}
	if err := transport.Decode(data, &sent); err != nil {
		return nil, returnError(ErrInvalidAnswer, err.Error())
	}
	return newClaim(map[string][]string{
		"imp_uid": {string(sent.ImpUID)}, "merchant_uid": {string(sent.MerchantUID)},
		"success": {string(sent.Success)}, "imp_success": {string(sent.ImpSuccess)},
		"error_code": {string(sent.ErrorCode)}, "error_msg": {string(sent.ErrorMsg)},
	})
}

// blindQuestionMark is what a mobile SDK puts before its first parameter
// although the URL has a query already.
var blindQuestionMark = strings.NewReplacer(
	"?imp_uid=", "&imp_uid=", "?merchant_uid=", "&merchant_uid=", "?success=", "&success=",
	"?imp_success=", "&imp_success=", "?error_code=", "&error_code=", "?error_msg=", "&error_msg=",
)

// parsePairs reads a query or a form. Unlike net/url it takes values that were
// never encoded.
func parsePairs(text string) (*Claim, error) {
	values := map[string][]string{}
	for pair := range strings.SplitSeq(blindQuestionMark.Replace(text), "&") {
		name, value, _ := strings.Cut(pair, "=")
		if decoded, err := url.QueryUnescape(value); err == nil {
			value = decoded
		}
		values[name] = append(values[name], value)
	}
	return newClaim(values)
}

func newClaim(values map[string][]string) (*Claim, error) {
	for _, name := range []string{"imp_uid", "merchant_uid"} {
		if len(said(values[name])) > 1 {
			return nil, returnError(ErrInvalidAnswer, "it has two of "+name)
		}
	}
	claim := &Claim{
		ImpUID: first(values["imp_uid"]), MerchantUID: first(values["merchant_uid"]),
		ErrorCode: first(values["error_code"]), ErrorMsg: strings.ToValidUTF8(first(values["error_msg"]), "\uFFFD"),
	}
	switch success := said(slices.Concat(values["success"], values["imp_success"])); {
	case len(success) != 1:
	case success[0] == string(Yes), success[0] == string(No):
		claim.Success = Tristate(success[0])
	}
	return claim, nil
}

// said gives the first two values that say something and differ: who sends more
// wants to keep the server busy.
func said(values []string) []string {
	var out []string
	for _, value := range values {
		if !saysNothing(value) && !slices.Contains(out, value) {
			if out = append(out, value); len(out) == 2 {
				break
			}
		}
	}
	return out
}

// saysNothing tells whether text is empty, or a script's word for nothing.
func saysNothing(text string) bool {
	return text == "" || text == "null" || text == "undefined"
}

func first(values []string) string {
	for _, value := range said(values) {
		return value
	}
	return ""
}

// check wants an imp_uid that can be asked about, or a failure to tell of.
func (c *Claim) check() error {
	if err := checkText("its merchant_uid", c.MerchantUID); err != nil {
		return err
	}
	if err := checkText("its error_code", c.ErrorCode); err != nil {
		return err
	}
	failure := c.Success == No || c.ErrorCode != "" || c.ErrorMsg != ""
	switch {
	case c.ImpUID != "":
		return transport.CheckID("its imp_uid", c.ImpUID)
	case c.Success == Yes || !failure:
		return errors.New("it names no imp_uid")
	}
	return nil
}

func returnError(kind error, detail string) *Error {
	return &Error{Op: opReturn, kinds: []error{kind}, detail: detail}
}
