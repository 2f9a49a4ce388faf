package tomoidvtest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

func TestKYCIsTheLatestInTheCountry(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	for _, c := range []struct {
		body map[string]any
		sex  string
	}{
		{map[string]any{"user_id": "u", "country": "jp"}, "F"},
		{map[string]any{"user_id": "u", "country": "jp", "kyc_policy": kycPolicy(passport())}, "M"},
		{map[string]any{"user_id": "u", "country": "us"}, "F"},
	} {
		a.begin(t, c.body)
		p := hanako()
		p.Sex = c.sex
		require.NoError(t, srv.Pass("u", p))
	}
	for country, want := range map[string]string{"jp": "M", "us": "F"} {
		got := a.post(t, kycPath, map[string]any{"user_id": "u", "country": country})
		require.Equal(t, http.StatusOK, got.status)
		assert.Equal(t, want, got.json(t)["sex"], country)
		assert.Equal(t, strings.ToUpper(country), got.json(t)["country"])
	}
	assert.Equal(t, http.StatusBadRequest, a.post(t, kycPath, `{"user_id":"u","country":"kr"}`).status)
}
