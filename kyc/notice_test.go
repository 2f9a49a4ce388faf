package kyc_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

const mebibyte = 1 << 20

func TestNoticeAhead(t *testing.T) {
	at := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	decided := func(at time.Time) *kyc.Notice { return &kyc.Notice{CheckID: checkID, Decided: true, DecidedAt: at} }
	result := func(status kyc.Status, at time.Time) *kyc.Result { return &kyc.Result{Status: status, DecidedAt: at} }
	for name, tc := range map[string]struct {
		notice *kyc.Notice
		result *kyc.Result
		want   bool
	}{
		"announces nothing":           {&kyc.Notice{CheckID: checkID, DecidedAt: at}, result(kyc.StatusPending, time.Time{}), false},
		"no notice":                   {nil, nil, false},
		"nothing known":               {decided(at), nil, true},
		"still pending":               {decided(at), result(kyc.StatusPending, time.Time{}), true},
		"no time, still pending":      {decided(time.Time{}), result(kyc.StatusPending, time.Time{}), true},
		"the same":                    {decided(at), result(kyc.StatusApproved, at), false},
		"fewer digits":                {decided(at.Add(999 * time.Millisecond)), result(kyc.StatusApproved, at), false},
		"the decision before":         {decided(at.Add(time.Minute)), result(kyc.StatusResubmit, at), true},
		"an old one, delivered again": {decided(at), result(kyc.StatusApproved, at.Add(time.Minute)), false},
		"announced without a time":    {decided(time.Time{}), result(kyc.StatusResubmit, at), false},
		"answered without a time":     {decided(at), result(kyc.StatusExpired, time.Time{}), false},
		"not readable":                {decided(at), result(kyc.StatusUnknown, at), false},
	} {
		assert.Equal(t, tc.want, tc.notice.Ahead(tc.result), name)
	}
}

func post(body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "https://shop.example/webhooks", body)
	r.Header.Set("X-Signature", "abc")
	return r
}

func TestParseWebhook(t *testing.T) {
	want := &kyc.Notice{CheckID: checkID, VendorID: vendorID}
	for name, size := range map[string]int{"small": 10, "empty": 0, "largest": mebibyte} {
		t.Run(name, func(t *testing.T) {
			sent := bytes.Repeat([]byte("a"), size)
			provider := able{parseWebhook: func(header http.Header, body []byte) (*kyc.Notice, error) {
				assert.Equal(t, "abc", header.Get("X-Signature"))
				assert.True(t, bytes.Equal(sent, body), "the body as received")
				return want, nil
			}}
			notice, err := kyc.ParseWebhook(provider, post(iotest.OneByteReader(bytes.NewReader(sent))))
			require.NoError(t, err)
			assert.Same(t, want, notice)
		})
	}

	refused := &kyc.Error{Provider: vendorName, Op: "parse webhook", Kind: kyc.ErrSignature}
	_, err := kyc.ParseWebhook(able{parseWebhook: func(http.Header, []byte) (*kyc.Notice, error) { return nil, refused }}, post(nil))
	assert.Same(t, refused, err, "the provider's error is the error")

	bodiless := post(nil)
	bodiless.Body = nil
	_, err = kyc.ParseWebhook(able{parseWebhook: func(_ http.Header, body []byte) (*kyc.Notice, error) {
		assert.Empty(t, body)
		return want, nil
	}}, bodiless)
	assert.NoError(t, err)
}

func TestParseWebhookRefuses(t *testing.T) {
	never := able{parseWebhook: func(http.Header, []byte) (*kyc.Notice, error) {
		t.Error("the provider must not see it")
		return nil, nil
	}}
	broken := errors.New("connection broke")
	for name, tc := range map[string]struct {
		provider kyc.Provider
		request  *http.Request
		kind     error
	}{
		"too large":   {never, post(bytes.NewReader(make([]byte, mebibyte+1))), kyc.ErrInvalidNotice},
		"endless":     {never, post(endless{}), kyc.ErrInvalidNotice},
		"broken":      {never, post(io.MultiReader(strings.NewReader("{"), iotest.ErrReader(broken))), broken},
		"broken kind": {never, post(iotest.ErrReader(broken)), kyc.ErrInvalidNotice},
		"no request":  {never, nil, kyc.ErrInvalidRequest},
		"no provider": {nil, post(nil), kyc.ErrInvalidRequest},
		"no webhooks": {plain{}, post(iotest.ErrReader(errors.New("the body must not be read"))), kyc.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			notice, err := kyc.ParseWebhook(tc.provider, tc.request)
			assert.Nil(t, notice)
			require.ErrorIs(t, err, tc.kind)
			var kycErr *kyc.Error
			require.ErrorAs(t, err, &kycErr)
			assert.Equal(t, "parse webhook", kycErr.Op)
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestParseReturn(t *testing.T) {
	want := &kyc.Notice{CheckID: checkID}
	sent := post(strings.NewReader("imp_uid=imp_1"))
	sent.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	notice, err := kyc.ParseReturn(able{parseReturn: func(r *http.Request) (*kyc.Notice, error) {
		assert.Equal(t, "imp_1", r.FormValue("imp_uid"))
		assert.Equal(t, sent.URL, r.URL)
		return want, nil
	}}, sent)
	require.NoError(t, err)
	assert.Same(t, want, notice)

	for name, tc := range map[string]struct {
		body  io.Reader
		bytes int64
		large bool
	}{
		"none":      {http.NoBody, 0, false},
		"largest":   {bytes.NewReader(make([]byte, mebibyte)), mebibyte, false},
		"too large": {endless{}, mebibyte, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := post(tc.body)
			before := r.Body
			_, err := kyc.ParseReturn(able{parseReturn: func(r *http.Request) (*kyc.Notice, error) {
				n, err := io.Copy(io.Discard, r.Body)
				assert.Equal(t, tc.bytes, n)
				return nil, err
			}}, r)
			var tooLarge *http.MaxBytesError
			assert.Equal(t, tc.large, errors.As(err, &tooLarge))
			assert.Equal(t, before, r.Body, "the caller's request stays as it is")
		})
	}
}

func TestParseReturnRefuses(t *testing.T) {
	_, err := kyc.ParseReturn(plain{}, post(nil))
	assert.ErrorIs(t, err, kyc.ErrUnsupported)
	_, err = kyc.ParseReturn(nil, post(nil))
	assert.ErrorIs(t, err, kyc.ErrInvalidRequest)
	_, err = kyc.ParseReturn(able{}, nil)
	assert.ErrorIs(t, err, kyc.ErrInvalidRequest)

	bodiless := post(nil)
	bodiless.Body = nil
	_, err = kyc.ParseReturn(able{parseReturn: func(r *http.Request) (*kyc.Notice, error) {
		assert.Nil(t, r.Body)
		return &kyc.Notice{}, nil
	}}, bodiless)
	assert.NoError(t, err)
}
