package tomoidvtest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// everyOperation calls all of them with the same header lines.
func everyOperation(t *testing.T, a *app, headers ...string) map[string]answer {
	t.Helper()
	policy := map[string]any{"subject": map[string]any{"kind": "document", "id_type": "passport"}, "method": "document_ocr_check", "owner_assurance": map[string]any{"kind": "no_owner_assurance"}}
	return map[string]answer{
		tokenPath:  a.ask(t, form(a.assertion()), headers...),
		healthPath: send(t, a.client, "GET", a.srv.URL+healthPath, "", headers...),
		startPath:  a.post(t, startPath, `{"user_id":"u","country":"jp"}`, headers...),
		resultPath: a.post(t, resultPath, `{"user_id":"p"}`, headers...),
		resetPath:  a.post(t, resetPath, map[string]any{"user_id": "p", "country": "jp", "kyc_policy": policy}, headers...),
		deletePath: a.post(t, deletePath, `{"user_id":"p"}`, headers...),
		bulkPath:   a.post(t, bulkPath, `{"user_ids":["p"]}`, headers...),
		kycPath:    a.post(t, kycPath, `{"user_id":"p","country":"jp"}`, headers...),
	}
}

// passed is an app whose user p was passed in Japan.
func passed(t *testing.T, srv *tomoidvtest.Server) *app {
	t.Helper()
	a := authorized(t, srv)
	a.begin(t, `{"user_id":"p","country":"jp"}`)
	require.NoError(t, srv.Pass("p", hanako()))
	return a
}

func TestNoVersion(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		a := passed(t, srv)
		a.client = client
		for path, got := range everyOperation(t, a) {
			assert.Equal(t, http.StatusOK, got.status, path)
			assert.Equal(t, []string{"Tomo-API-Version"}, got.header.Values("Vary"), path)
			if path == resultPath {
				assert.Equal(t, []string{"1.3"}, got.header.Values("Tomo-API-Version"))
			} else {
				assert.Empty(t, got.header.Values("Tomo-API-Version"), path)
			}
		}
	})
}

func TestVersion14(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		a := passed(t, srv)
		a.client = client
		for path, got := range everyOperation(t, a, "Tomo-API-Version", "1.4") {
			assert.Equal(t, http.StatusOK, got.status, path)
			assert.Equal(t, []string{"1.4"}, got.header.Values("Tomo-API-Version"), path)
		}
	})
}

func TestVersionsThatAreRefused(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		for name, headers := range map[string][]string{
			"1.3":          {"Tomo-API-Version", "1.3"},
			"1.3.20":       {"Tomo-API-Version", "1.3.20"},
			"1.4.0":        {"Tomo-API-Version", "1.4.0"},
			"1.5":          {"Tomo-API-Version", "1.5"},
			"latest":       {"Tomo-API-Version", "latest"},
			"v1.4":         {"Tomo-API-Version", "v1.4"},
			"quoted":       {"Tomo-API-Version", `"1.4"`},
			"empty":        {"Tomo-API-Version", ""},
			"repeated":     {"Tomo-API-Version", "1.4", "Tomo-API-Version", "1.4"},
			"one and none": {"Tomo-API-Version", "1.4", "Tomo-API-Version", ""},
			"list":         {"Tomo-API-Version", "1.4, 1.4"},
		} {
			a := passed(t, srv)
			a.client = client
			before := len(srv.Attempts())
			for path, got := range everyOperation(t, a, headers...) {
				assert.Equal(t, http.StatusBadRequest, got.status, name+path)
				assert.Equal(t, "unsupported_api_version", got.json(t)["error"], name+path)
				assert.NotEmpty(t, got.json(t)["error_description"], name+path)
				assert.Len(t, got.json(t), 2, name+path)
				assert.Empty(t, got.header.Values("Tomo-API-Version"), name+path)
			}
			assert.Len(t, srv.Attempts(), before, "nothing was processed")
			assert.Len(t, records(t, a.result13(t, `{"user_id":"p"}`)), 1, "and nothing deleted")
		}
	})
}

func TestVersionComesBeforeTheToken(t *testing.T) {
	a := newApp(t, begin(t, tomoidvtest.WithoutListener()))
	got := a.post(t, resultPath, `{}`, "Tomo-API-Version", "1.3")
	assert.Equal(t, "unsupported_api_version", got.json(t)["error"])
	got = a.post(t, resultPath, `{}`, "Tomo-API-Version", "1.4")
	assert.Equal(t, http.StatusUnauthorized, got.status)
	assert.Equal(t, "1.4", got.header.Get("Tomo-API-Version"))
}

func TestVersionIgnored(t *testing.T) {
	a := passed(t, begin(t, tomoidvtest.WithVersionIgnored(), tomoidvtest.WithoutListener()))
	for path, got := range everyOperation(t, a, "Tomo-API-Version", "1.4") {
		assert.Equal(t, http.StatusOK, got.status, path)
		assert.Empty(t, got.header.Values("Tomo-API-Version"), path)
		assert.Empty(t, got.header.Values("Vary"), path)
		if path == resultPath {
			assert.NotContains(t, got.json(t), "user_id")
		}
	}
	assert.Equal(t, http.StatusOK, a.post(t, startPath, `{}`, "Tomo-API-Version", "1.3").status)
}
