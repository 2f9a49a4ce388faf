package transport_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/transport"
)

func TestSentinels(t *testing.T) {
	own := transport.Sentinels{
		InvalidRequest: errors.New("own invalid request"), Unauthorized: errors.New("own unauthorized"), Forbidden: errors.New("own forbidden"),
		NotFound: errors.New("own not found"), Conflict: errors.New("own conflict"), RateLimited: errors.New("own rate limited"),
		Unavailable: errors.New("own unavailable"), InvalidAnswer: errors.New("own invalid answer"),
		TooLarge: errors.New("own too large"), Unconfirmed: errors.New("own unconfirmed"),
	}
	for class, want := range map[transport.Class]error{
		transport.ClassInvalidRequest: own.InvalidRequest, transport.ClassUnauthorized: own.Unauthorized,
		transport.ClassForbidden: own.Forbidden, transport.ClassNotFound: own.NotFound, transport.ClassConflict: own.Conflict,
		transport.ClassRateLimited: own.RateLimited, transport.ClassUnavailable: own.Unavailable, transport.ClassInvalidAnswer: own.InvalidAnswer,
	} {
		assert.Equal(t, []error{want}, own.Of(&transport.Error{Class: class}), class)
		assert.Equal(t, []error{want, own.Unconfirmed}, own.Of(&transport.Error{Class: class, Unconfirmed: true}), class)
		assert.Equal(t, "own "+class.String(), want.Error(), "each class has its own")
	}
	assert.Empty(t, own.Of(&transport.Error{Class: transport.ClassCanceled, Err: context.Canceled}))
	assert.Equal(t, []error{own.Unconfirmed}, own.Of(&transport.Error{Class: transport.ClassCanceled, Unconfirmed: true}))
	assert.Equal(t, []error{own.InvalidAnswer, own.TooLarge},
		own.Of(&transport.Error{Class: transport.ClassInvalidAnswer, Err: transport.ErrTooLarge}))
}

func TestDescription(t *testing.T) {
	one, two := errors.New("one"), errors.New("two")
	for want, d := range map[string]transport.Description{
		"p: Op":                     {},
		"p: Op: 404":                {StatusCode: 404},
		"p: Op: one":                {Kinds: []error{one}},
		"p: Op: 404 one, two":       {StatusCode: 404, Kinds: []error{one, two}},
		"p: Op: one (code -1): why": {Kinds: []error{one}, Code: "code -1", Detail: "why"},
		"p: Op: why":                {Detail: "why", Attempts: 1, ClockSkew: time.Minute},
		"p: Op: 401 one, after 2 attempts; the local clock is -1h0m0s off": {
			StatusCode: 401, Kinds: []error{one}, Attempts: 2, ClockSkew: -time.Hour - time.Millisecond},
	} {
		d.Package, d.Op = "p", "Op"
		assert.Equal(t, want, d.String())
	}
}

func TestScalar(t *testing.T) {
	for data, want := range map[string]string{
		`null`: "", `"null"`: "", `""`: "", `"a\u0062"`: "ab", `1.50`: "1.50", `-1e3`: "-1e3", `true`: "true", `"true"`: "true",
	} {
		got, err := transport.Scalar([]byte(data))
		assert.NoError(t, err, data)
		assert.Equal(t, want, got, data)
	}
	for _, data := range []string{``, `{}`, `[1]`, `"`, `"\x"`} {
		_, err := transport.Scalar([]byte(data))
		assert.Error(t, err, data)
	}
}
