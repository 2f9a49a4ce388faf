package iamport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// An OTPRequest starts a certification without a browser: the person types the
// code that they get by SMS into the application, or approves in an app. It
// needs the carriers' approval, and a channel with Danal or KCP.
//
// Source: POST /certifications/otp/request.
type OTPRequest struct {
	// Name is the person's real name. Required.
	Name string `json:"name"`
	// Phone is a Korean mobile number, with or without hyphens. Required.
	Phone string `json:"phone"`
	// Birth is the birth date as YYMMDD, which is how a resident number begins,
	// with or without punctuation. Required.
	Birth string `json:"birth"`
	// GenderDigit is the seventh digit of the resident number, which also tells
	// the century: 1 (male) and 2 (female) for Koreans born before 2000, 3 and
	// 4 from 2000 on; 5 and 6, 7 and 8 for foreigners. Required.
	GenderDigit string `json:"gender_digit"`
	// Carrier is CarrierSKT, CarrierKT or CarrierLGT; for a virtual operator,
	// the one whose network it uses, with IsMVNO. Required.
	Carrier Carrier `json:"carrier"`
	IsMVNO  bool    `json:"is_mvno,omitzero"`
	// Company is the service's name or domain, for the text of the SMS.
	Company string `json:"company,omitzero"`
	// MerchantUID is the application's own id for this attempt: unguessable,
	// and fresh for each. Without it an Expectation cannot hold. For KCP it is
	// at most 40 letters and digits.
	MerchantUID string `json:"merchant_uid,omitzero"`
	// ChannelKey names the channel; Iamport's schema requires it, though Danal
	// has long worked without. KCP needs it.
	ChannelKey string `json:"channel_key,omitzero"`
	// PG is "danal" or "danal." and a CPID. Deprecated for ChannelKey.
	PG string `json:"pg,omitzero"`
	// VerificationMethod is for KCP, by SMS unless set.
	VerificationMethod VerificationMethod `json:"verification_method,omitzero"`
	// Bypass goes to the gateway as it is.
	Bypass OTPBypass `json:"bypass,omitzero"`
	// IP is the person's address; only a sample on KCP's page has it.
	IP string `json:"ip,omitzero"`
}

// OTPBypass holds parameters of a gateway's own. It is sent as an object, as
// KCP's page has it; Iamport's schema has JSON text. They differ on the channel's
// name as well: it is sent as the schema's channel_key, and not as channelKey.
type OTPBypass struct {
	KCP KCPBypass `json:"kcpV2,omitzero"`
}

// KCPBypass holds KCP's own parameters. MediaType is required for KCP.
type KCPBypass struct {
	MediaType KCPMediaType `json:"media_type,omitzero"`
	// WebSiteID is KCP's code of the site.
	WebSiteID string `json:"web_siteid,omitzero"`
	// SMSMessage is the text of the SMS, with "[000000]" where the code goes.
	SMSMessage string `json:"cp_sms_msg,omitzero"`
	// Callback is the number from which the SMS comes.
	Callback string `json:"cp_callback,omitzero"`
}

var (
	mobileNumber = regexp.MustCompile(`^01[0-9]{8,9}$`)
	genderDigit  = regexp.MustCompile(`^[1-8]$`)
	kcpUID       = regexp.MustCompile(`^[A-Za-z0-9]{1,40}$`)
	otpCode      = regexp.MustCompile(`^[0-9]{6}$`)
)

// Validate names the first field that Iamport would refuse.
func (r *OTPRequest) Validate() error {
	if r == nil {
		return errors.New("request is nil")
	}
	if err := r.validText(); err != nil {
		return err
	}
	phone, err := digits(r.Phone)
	switch {
	case strings.TrimSpace(r.Name) == "":
		return errors.New("the Name is empty")
	case err != nil || !mobileNumber.MatchString(phone):
		return errors.New("the Phone is not a Korean mobile number")
	case !genderDigit.MatchString(r.GenderDigit):
		return errors.New("GenderDigit is not a digit from 1 to 8")
	}
	if err := r.checkBirth(); err != nil {
		return err
	}
	switch r.Carrier {
	case CarrierSKT, CarrierKT, CarrierLGT:
	case CarrierSKTMVNO, CarrierKTMVNO, CarrierLGTMVNO:
		return errors.New("the Carrier is a virtual operator: set the carrier whose network it uses, and IsMVNO")
	default:
		return errors.New("the Carrier is not SKT, KT or LGT")
	}
	if _, err := netip.ParseAddr(r.IP); r.IP != "" && err != nil {
		return errors.New("IP is not an IP address")
	}
	return r.checkKCP()
}

// validText refuses text that JSON cannot carry, and control characters.
func (r *OTPRequest) validText() error {
	for _, field := range []struct{ name, text string }{
		{"Name", r.Name}, {"Company", r.Company}, {"MerchantUID", r.MerchantUID}, {"ChannelKey", r.ChannelKey}, {"PG", r.PG},
		{"Bypass.KCP.WebSiteID", r.Bypass.KCP.WebSiteID}, {"Bypass.KCP.Callback", r.Bypass.KCP.Callback},
	} {
		if err := checkText(field.name, field.text); err != nil {
			return err
		}
	}
	if !utf8.ValidString(r.Bypass.KCP.SMSMessage) { // it may have several lines
		return errors.New("Bypass.KCP.SMSMessage is not valid UTF-8")
	}
	return nil
}

func checkText(name, text string) error {
	switch {
	case !utf8.ValidString(text):
		return fmt.Errorf("%s is not valid UTF-8", name)
	case strings.ContainsFunc(text, unicode.IsControl):
		return fmt.Errorf("%s has a control character", name)
	}
	return nil
}

// checkBirth wants a day that exists in the century that GenderDigit tells.
func (r *OTPRequest) checkBirth() error {
	birth, err := digits(r.Birth)
	century := "19"
	if strings.Contains("3478", r.GenderDigit) {
		century = "20"
	}
	if err == nil {
		_, err = time.Parse("20060102", century+birth)
	}
	if err != nil {
		return errors.New("the Birth is not a date of the form YYMMDD")
	}
	return nil
}

// checkKCP holds what has a field of KCP's to KCP's rules.
func (r *OTPRequest) checkKCP() error {
	kcp := r.Bypass.KCP
	if r.VerificationMethod == "" && kcp == (KCPBypass{}) {
		return nil
	}
	switch {
	case r.VerificationMethod != "" && !r.VerificationMethod.Known():
		return errors.New("VerificationMethod is neither SMS nor APP")
	case r.ChannelKey == "":
		return errors.New("ChannelKey is empty, and KCP needs it")
	case !kcp.MediaType.Known():
		return errors.New("Bypass.KCP.MediaType is neither MC01 nor MC02")
	case kcp.SMSMessage != "" && !strings.Contains(kcp.SMSMessage, "[000000]"):
		return errors.New("Bypass.KCP.SMSMessage has no [000000] for the code")
	case r.MerchantUID != "" && !kcpUID.MatchString(r.MerchantUID):
		return errors.New("MerchantUID is not 1 to 40 letters and digits, as KCP wants it")
	}
	return nil
}

// digits strips punctuation and spaces, as Iamport does.
func digits(text string) (string, error) {
	var b strings.Builder
	for _, r := range text {
		switch {
		case '0' <= r && r <= '9':
			b.WriteRune(r)
		case r < utf8.RuneSelf && (r == ' ' || unicode.IsPunct(r)):
		default:
			return "", errors.New("neither a digit nor punctuation")
		}
	}
	return b.String(), nil
}

// An OTP is a certification that waits for the person's code or approval.
type OTP struct {
	// ImpUID is what ConfirmOTP and VerifyCertification take. Store it beside
	// the attempt.
	ImpUID string `json:"imp_uid"`

	meta Meta
}

// Meta tells how the answer reached this program.
func (o *OTP) Meta() Meta { return o.meta }

// RequestOTP sends a person an SMS, or a request to their app. It is never sent
// again once it may have arrived: an error that is [ErrUnconfirmed] means that
// the person may have got one whose imp_uid was lost. Requesting another is
// safe, with another MerchantUID.
//
// Source: POST /certifications/otp/request.
func (c *Client) RequestOTP(ctx context.Context, req *OTPRequest) (*OTP, error) {
	const op = "RequestOTP"
	if err := req.Validate(); err != nil {
		return nil, invalid(op, err)
	}
	body, err := json.Marshal(req)
	if err != nil {
		return nil, invalid(op, errors.New("the request cannot be encoded"))
	}
	call := &transport.Call{Op: op, Method: http.MethodPost, Route: "/certifications/otp/request", Body: body}
	var got OTP
	meta, err := c.send(ctx, call, &got, func() error { return checkImpUID("its imp_uid", got.ImpUID) })
	if err != nil {
		return nil, err
	}
	got.meta = meta
	return &got, nil
}

// ConfirmOTP finishes what RequestOTP began, with the six digits that the
// person typed, or with "" for KCP's app. That it succeeds is not enough: admit
// nobody before [Client.VerifyCertification].
//
// It is never sent again once it may have arrived; after an error that is
// [ErrUnconfirmed], ask VerifyCertification. Iamport answers a wrong code and a
// certification that is finished with the same status, 400, so ConfirmOTP then
// looks at the certification: an error that is [ErrAlreadyCertified] means that
// the person is certified; any other that is [ErrInvalidRequest], that the code
// was refused, as far as could be seen.
//
// Source: POST /certifications/otp/confirm/{imp_uid}.
func (c *Client) ConfirmOTP(ctx context.Context, impUID, code string) (*Certification, error) {
	const op = "ConfirmOTP"
	body := []byte("{}")
	if code != "" {
		if !otpCode.MatchString(code) {
			return nil, invalid(op, errors.New("code is not six digits"))
		}
		body = []byte(`{"otp":"` + code + `"}`)
	}
	cert, err := c.one(ctx, impUID, &transport.Call{
		Op: op, Method: http.MethodPost, Route: "/certifications/otp/confirm/{imp_uid}", Body: body,
	})
	if failed, ok := errors.AsType[*Error](err); ok && failed.Op == op && failed.refusesCode() {
		if now, err := c.certification(ctx, op, impUID); err == nil && now.Certified {
			failed.kinds = append(failed.kinds, ErrAlreadyCertified)
		}
	}
	return cert, err
}

// refusesCode tells whether Iamport said no in one of the ways in which it says
// so of a code, right or wrong, for a certification that is finished.
func (e *Error) refusesCode() bool {
	return e.StatusCode == http.StatusBadRequest || errors.Is(e, ErrRefused)
}
