package hostile_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"

	"github.com/kyckit/kyckit-go/iamport"
)

const iamportUID = "imp_000000000001"

type (
	// iamportEnvelope is around every answer.
	iamportEnvelope[T any] struct {
		Code     iamportNumber `json:"code"`
		Message  unread        `json:"message"`
		Response T             `json:"response"`
	}
	iamportNumber int
	unread        string // whatever it is
	iamportToken  struct {
		AccessToken string           `json:"access_token"`
		Now         iamport.UnixTime `json:"now"`
		ExpiredAt   iamport.UnixTime `json:"expired_at"`
	}
)

func iamportClient(w *wire) *iamport.Client {
	w.path = "/users/getToken"
	if w.token == "" {
		w.token = fixture("iamport", "testdata", "answers", "token.json")
	}
	w.header = func([]byte) http.Header { return http.Header{"Date": {"Mon, 02 Mar 2026 10:06:00 GMT"}} }
	return must(iamport.NewClient("1234567890123456", "synthetic-api-secret-0123456789",
		iamport.WithHTTPClient(&http.Client{Transport: w}), iamport.WithMaxAttempts(1)))
}

func iamportDoors() []*door {
	certified := fixture("iamport", "testdata", "answers", "certified.json")
	call := func(name, clean string, shape reflect.Type, do func(context.Context, *iamport.Client) (any, error), refused ...error) *door {
		w := &wire{status: http.StatusOK}
		client := iamportClient(w)
		return &door{
			name: "iamport." + name, clean: clean, shape: shape, limit: noLimit, refused: append(refused, iamport.ErrInvalidAnswer),
			decides: []string{"code", "response", "response.imp_uid", "response.merchant_uid", "response.certified", "response.certified_at", "response.birth", "response.birthday", "response.unique_key"},
			enter: func(doc []byte) (any, error) {
				w.body = doc
				return do(context.Background(), client)
			},
		}
	}
	certification := reflect.TypeFor[iamportEnvelope[iamport.Certification]]()
	expectation := &iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 19}
	doors := []*door{
		call("Certification", certified, certification, func(ctx context.Context, c *iamport.Client) (any, error) {
			return known(c.Certification(ctx, iamportUID))
		}),
		call("VerifyCertification", certified, certification, func(ctx context.Context, c *iamport.Client) (any, error) {
			cert, err := c.VerifyCertification(ctx, iamportUID, expectation)
			if err != nil && cert != nil && errors.As(err, new(*iamport.Error)) { // what falls short comes with the certification
				return nil, err
			}
			return known(cert, err)
		}),
		call("DeleteCertification", fixture("iamport", "testdata", "answers", "inicis_unified.json"), certification, func(ctx context.Context, c *iamport.Client) (any, error) {
			return known(c.DeleteCertification(ctx, iamportUID))
		}),
		call("ConfirmOTP", fixture("iamport", "testdata", "answers", "not_certified.json"), certification, func(ctx context.Context, c *iamport.Client) (any, error) {
			return known(c.ConfirmOTP(ctx, iamportUID, "000000"))
		}, iamport.ErrUnconfirmed),
		call("RequestOTP", `{"code":0,"message":null,"response":{"imp_uid":"`+iamportUID+`"}}`, reflect.TypeFor[iamportEnvelope[iamport.OTP]](), func(ctx context.Context, c *iamport.Client) (any, error) {
			return known(c.RequestOTP(ctx, &iamport.OTPRequest{Name: "홍미래", Phone: "01000004321", Birth: "900301", GenderDigit: "2", Carrier: iamport.CarrierSKT}))
		}, iamport.ErrUnconfirmed),
		call("Do", certified, certification, func(ctx context.Context, c *iamport.Client) (any, error) {
			answer, err := c.Do(ctx, &iamport.Call{Method: http.MethodGet, Route: "/certifications/{imp_uid}", Args: []string{iamportUID}})
			if err != nil {
				return known(answer, err)
			}
			var got iamport.Certification
			err = answer.Decode(&got)
			return got, err // half decoded, if it were
		}),
	}
	doors[0].thorough = true
	body := handed("iamport.Call.Body", func(doc []byte) error {
		return (&iamport.Call{Method: http.MethodPost, Route: "/payments", Body: doc}).Validate()
	}, "the Body is not one JSON value without a key twice")
	return append(doors, iamportTokens(), iamportErrors(), iamportReturn(), body)
}

// iamportTokens is the answer to a request for a token, which the call then has.
func iamportTokens() *door {
	return &door{
		name: "iamport token", clean: fixture("iamport", "testdata", "answers", "token.json"), shape: reflect.TypeFor[iamportEnvelope[iamportToken]](), limit: noLimit,
		refused: []error{iamport.ErrInvalidAnswer}, decides: []string{"code", "response.access_token", "response.now", "response.expired_at"},
		enter: func(doc []byte) (any, error) {
			w := &wire{status: http.StatusOK, token: string(doc), body: []byte(fixture("iamport", "testdata", "answers", "certified.json"))}
			if len(doc) == 0 {
				w.token = " "
			}
			client := iamportClient(w)
			_, err := client.Certification(context.Background(), iamportUID)
			if err != nil {
				return nil, err
			}
			return w.authorization, nil
		},
	}
}

func iamportErrors() *door {
	w := &wire{status: http.StatusBadRequest}
	client := iamportClient(w)
	return &door{
		name: "iamport error reply", clean: fixture("iamport", "testdata", "answers", "not_found.json"), limit: 64 << 10, lost: "<html>", anyKind: true,
		shape: reflect.TypeFor[struct {
			Code    laxCode `json:"code"`
			Message laxText `json:"message"`
		}](),
		enter: func(doc []byte) (any, error) {
			w.body = doc
			_, err := client.Certification(context.Background(), iamportUID)
			var failed *iamport.Error
			if !errors.As(err, &failed) {
				return nil, err
			}
			return failure{failed.Code, failed.Message, kinds(err, iamport.ErrInvalidRequest, iamport.ErrNotFound, iamport.ErrUnauthorized)}, nil
		},
	}
}

// iamportReturn is what a page posts from a popup's callback.
func iamportReturn() *door {
	return &door{
		name: "iamport.ParseReturn", limit: 64 << 10, inner: true, refused: []error{iamport.ErrInvalidAnswer},
		clean:   `{"imp_uid":"` + iamportUID + `","merchant_uid":"attempt-1","success":true,"error_code":"F0000","error_msg":"synthetic"}`,
		decides: []string{"imp_uid", "merchant_uid", "success"},
		shape: reflect.TypeFor[struct {
			ImpUID      claimText `json:"imp_uid"`
			MerchantUID claimText `json:"merchant_uid"`
			Success     claimText `json:"success"`
			ErrorCode   claimText `json:"error_code"`
			ErrorMsg    claimText `json:"error_msg"`
		}](),
		enter: func(doc []byte) (any, error) {
			return known(iamport.ParseReturn(httptest.NewRequest(http.MethodPost, "/back", bytes.NewReader(doc))))
		},
	}
}

// claimText is read as what a form would have.
type claimText string
