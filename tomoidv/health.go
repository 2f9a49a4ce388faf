package tomoidv

import (
	"context"
	"errors"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// Health asks whether the API is up, without credentials, and returns what it
// says. That it answers at all is the news; its text is not documented.
//
// Source: GET /v1/idv/health.
func (c *Client) Health(ctx context.Context) (string, error) {
	const op = "Health"
	if err := c.made(ctx, op); err != nil {
		return "", err
	}
	call := &transport.Call{Op: op, Method: http.MethodGet, Route: "/v1/idv/health", Header: c.header(), Repeatable: true}
	got, err := c.transport.Do(ctx, call)
	if err != nil {
		return "", apiError(call.Op, err)
	}
	var text *string
	if _, err := open(call, got, &text, func() error {
		if text == nil {
			return errors.New("it is null")
		}
		return nil
	}); err != nil {
		return "", err
	}
	return *text, nil
}
