package kyc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

// vendorError prints safely, while its Message may hold what was sent.
type vendorError struct {
	Status  int
	Message string
}

func (e vendorError) Error() string { return fmt.Sprintf("vendor: status %d", e.Status) }

var errVendor = errors.New("vendor: rate limited")

func (e vendorError) Is(target error) bool { return target == errVendor }

func TestErrorReachesBoth(t *testing.T) {
	err := fmt.Errorf("verifying: %w", &kyc.Error{
		Provider: vendorName, Op: "result", Kind: kyc.ErrRateLimited, Err: vendorError{429, "Mirae Hong"},
	})
	assert.ErrorIs(t, err, kyc.ErrRateLimited)
	assert.ErrorIs(t, err, errVendor)
	assert.NotErrorIs(t, err, kyc.ErrUnavailable)
	var theirs vendorError
	require.ErrorAs(t, err, &theirs)
	assert.Equal(t, 429, theirs.Status)
	var ours *kyc.Error
	require.ErrorAs(t, err, &ours)
	assert.Equal(t, "result", ours.Op)

	ended := &kyc.Error{Provider: vendorName, Op: "result", Err: context.Canceled}
	assert.ErrorIs(t, ended, context.Canceled)
	assert.Equal(t, "kyc: vendor: result: context canceled", ended.Error())
}

func TestErrorText(t *testing.T) {
	for want, err := range map[string]*kyc.Error{
		"kyc: vendor: result: not found: vendor: status 404": {Provider: "vendor", Op: "result", Kind: kyc.ErrNotFound, Err: vendorError{404, "x"}},
		"kyc: vendor: launch: unsupported":                   {Provider: "vendor", Op: "launch", Kind: kyc.ErrUnsupported},
		"kyc: start: invalid request":                        {Op: "start", Kind: kyc.ErrInvalidRequest},
		"kyc: signature does not hold":                       {Kind: kyc.ErrSignature},
		"kyc: vendor: result: odd: kyc: vendor: odder":       {Provider: "vendor", Op: "result", Kind: errors.New("odd"), Err: &kyc.Error{Provider: "vendor", Op: "odder"}},
		"kyc": {},
	} {
		assert.Equal(t, want, err.Error())
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			assert.Equal(t, want, fmt.Sprintf(verb, err), verb)
		}
		var text, structured bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("m", "err", err)
		slog.New(slog.NewJSONHandler(&structured, nil)).Info("m", "err", err)
		assert.Contains(t, text.String(), want)
		assert.Contains(t, structured.String(), want)
	}
}

func TestErrorClassesAreDistinct(t *testing.T) {
	classes := []error{
		kyc.ErrUnsupported, kyc.ErrForeign, kyc.ErrInvalidRequest, kyc.ErrInvalidNotice, kyc.ErrSignature,
		kyc.ErrUnauthorized, kyc.ErrNotFound, kyc.ErrRateLimited, kyc.ErrUnavailable, kyc.ErrUnconfirmed, kyc.ErrInvalidAnswer,
	}
	for i, a := range classes {
		for j, b := range classes {
			assert.Equal(t, i == j, errors.Is(&kyc.Error{Kind: a}, b), "%v %v", a, b)
			assert.Equal(t, i == j, a.Error() == b.Error())
		}
	}
}
