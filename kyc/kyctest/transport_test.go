package kyctest_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc/kyctest"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTransport(t *testing.T) {
	arrived := 0
	wire := &kyctest.Transport{Base: roundTripper(func(*http.Request) (*http.Response, error) {
		arrived++
		return &http.Response{StatusCode: http.StatusTeapot, Body: http.NoBody}, nil
	})}
	get := func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://vendor.example/", nil)
		require.NoError(t, err)
		resp, err := wire.RoundTrip(req)
		if err == nil {
			assert.Equal(t, http.StatusTeapot, resp.StatusCode)
			require.NoError(t, resp.Body.Close())
		}
		return err
	}
	require.NoError(t, get(t.Context()))
	assert.Equal(t, 1, wire.Requests())

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	release := wire.Stall(cancel)
	require.ErrorIs(t, get(ctx), context.Canceled)
	assert.Equal(t, 1, arrived, "it did not get there")
	assert.Equal(t, 2, wire.Requests(), "and it left")
	require.NoError(t, get(t.Context()), "one request is stalled")
	release()
	release()

	release = wire.Stall(func() { release() })
	require.NoError(t, get(t.Context()))
	assert.Equal(t, 3, arrived)
	assert.Equal(t, 4, wire.Requests())
}
