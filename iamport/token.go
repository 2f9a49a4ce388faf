package iamport

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
)

const (
	opToken = "getToken"

	// refreshMargin must stay under a minute: before that Iamport hands out the
	// same token with the same end, and only in the last minute one that ends
	// later.
	refreshMargin = 30 * time.Second
	// maxLifetime keeps an absurd expired_at from overflowing; Iamport's tokens
	// live for 30 minutes.
	maxLifetime = 24 * time.Hour
)

// tokenRequest asks POST /users/getToken. A refused pair of key and secret is
// final; only what may pass is tried again.
type tokenRequest struct {
	transport         *transport.Client
	key, secret, body secret.Box
}

type tokenAnswer struct {
	AccessToken string   `json:"access_token"`
	Now         UnixTime `json:"now"`
	ExpiredAt   UnixTime `json:"expired_at"`
}

// fetch gives the token and how long it still lives by Iamport's own clock,
// whatever the local one says.
func (t tokenRequest) fetch(ctx context.Context) (string, time.Duration, error) {
	call := &transport.Call{Op: opToken, Method: http.MethodPost, Route: "/users/getToken", Body: t.body.Bytes(), Repeatable: true}
	got, err := t.transport.Do(ctx, call)
	if err != nil {
		return "", 0, t.withoutEcho(apiError(opToken, err))
	}
	var answer tokenAnswer
	if err := open(call, got, &answer); err != nil {
		return "", 0, t.withoutEcho(err)
	}
	left := int64(answer.ExpiredAt) - int64(answer.Now)
	if answer.Now <= 0 || answer.ExpiredAt <= answer.Now {
		left = 0
	}
	return answer.AccessToken, time.Duration(min(left, int64(maxLifetime/time.Second))) * time.Second, nil
}

// withoutEcho drops a message that repeats the credentials.
func (t tokenRequest) withoutEcho(err *Error) *Error {
	for _, box := range []secret.Box{t.key, t.secret} {
		if strings.Contains(err.Message, string(box.Bytes())) {
			err.Message = ""
		}
	}
	return err
}
