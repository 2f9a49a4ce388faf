package tomoidvkyc_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// sent are the bodies of the requests for one operation.
func sent(srv *tomoidvtest.Server, path string) []string {
	var bodies []string
	for _, request := range srv.Requests() {
		if request.Path == path {
			bodies = append(bodies, string(request.Body))
		}
	}
	return bodies
}

func TestStartSends(t *testing.T) {
	const id = "12345678901234567890123456789012345678"
	const policy = `{"subject": {"kind": "document", "id_type": "id_card"}, "method": "government_id_verf",
		"owner_assurance": {"kind": "owner_verf", "type": "document_secret"}}`
	for name, test := range map[string]struct {
		req  *kyc.StartRequest
		cfg  tomoidvkyc.Config
		want string
	}{
		"id alone": {
			&kyc.StartRequest{CheckID: id}, config(),
			`{"user_id": "` + id + `", "country": "jp", "kyc_policy": ` + policy + `}`,
		},
		"all": {
			&kyc.StartRequest{
				CheckID: id, Reference: "user-42", ReturnURL: "https://shop.example/idv/" + id + "?lang=ja",
				Hints: kyc.Hints{
					FullName: "Sato Hanako", GivenName: "Hanako", FamilyName: "Sato", BirthDate: "1991-05-06",
					Email: "hanako@shop.example", Phone: "+81 00-0000-0000", Country: "JP",
					DocumentType: kyc.DocumentPassport, Language: "ja",
				},
			}, config(),
			`{"user_id": "` + id + `", "country": "jp", "kyc_policy": ` + policy + `, "email": "hanako@shop.example",
				"redirect_url_success": "https://shop.example/idv/` + id + `?lang=ja",
				"redirect_url_fail": "https://shop.example/idv/` + id + `?lang=ja"}`,
		},
		"the country's default": {
			&kyc.StartRequest{CheckID: id}, tomoidvkyc.Config{Country: "us", AllowNoOwnerAssurance: true},
			`{"user_id": "` + id + `", "country": "us"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			before := *test.req
			check, err := newProvider(t, srv, test.cfg).Start(t.Context(), test.req)
			require.NoError(t, err)
			assert.Equal(t, before, *test.req)
			bodies := sent(srv, "/v1/idv/start")
			require.Len(t, bodies, 1)
			assert.JSONEq(t, test.want, bodies[0])
			assert.Equal(t, id, check.ID)
		})
	}
}

func TestStartGivesACheck(t *testing.T) {
	srv := newServer(t)
	check := start(t, newProvider(t, srv, config()))
	attempts := srv.Attempts()
	require.Len(t, attempts, 1)
	assert.Equal(t, kyc.Check{
		Version: 1, ID: attempts[0].UserID, Provider: "tomoidv", Reference: "user-42", ReturnURL: "https://shop.example/back",
		URL: attempts[0].URL, StartedAt: check.StartedAt,
	}, *check)
	require.NoError(t, check.Validate("tomoidv"))
}

func TestEachStartHasItsOwnUserID(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	first, second := start(t, provider), start(t, provider)
	assert.NotEqual(t, first.ID, second.ID)
	attempts := srv.Attempts()
	require.Len(t, attempts, 2)
	assert.Equal(t, []string{first.ID, second.ID}, []string{attempts[0].UserID, attempts[1].UserID})
}

// Japan's provider wanted digits, and a check's id has no others.
func TestStartSendsDigits(t *testing.T) {
	start(t, newProvider(t, newServer(t, tomoidvtest.WithDigitUserIDs()), config()))
}

func TestStartRefusesBeforeItSends(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	for name, req := range map[string]*kyc.StartRequest{
		"nothing":            nil,
		"id of one's own":    {CheckID: "user-42"},
		"return without TLS": {ReturnURL: "http://shop.example/back"},
		"relative return":    {ReturnURL: "/back"},
		"name as an email":   {Hints: kyc.Hints{Email: "Hanako <hanako@shop.example>"}},
	} {
		t.Run(name, func(t *testing.T) {
			check, err := provider.Start(t.Context(), req)
			require.ErrorIs(t, err, kyc.ErrInvalidRequest)
			assert.Nil(t, check)
		})
	}
	assert.Empty(t, srv.Requests())
}

// The policy is TomoIDV's to know.
func TestStartUnderAPolicyThatTheCountryDoesNotHave(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, changed(func(c *tomoidvkyc.Config) { c.Country = "us" }))
	_, err := provider.Start(t.Context(), &kyc.StartRequest{})
	require.ErrorIs(t, err, kyc.ErrInvalidRequest)
	require.ErrorIs(t, err, tomoidv.ErrUnsupportedPolicy)
	assert.Empty(t, srv.Attempts())
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A person is never sent to a URL that the stored check could not hold: the
// check would be refused by every call that follows.
func TestStartRefusesURLsThatACheckCannotHold(t *testing.T) {
	for name, startURL := range map[string]string{
		"without TLS":   "http://app.tomopayment.example/idv?token=1",
		"with userinfo": "https://a:b@app.tomopayment.example/idv?token=1",
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			hc := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				if r.URL.Path != "/v1/idv/start" {
					return srv.RoundTripper().RoundTrip(r)
				}
				return &http.Response{
					StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
					Body: io.NopCloser(strings.NewReader(`{"start_idv_uri": "` + startURL + `"}`)), Request: r,
				}, nil
			})}
			check, err := newProvider(t, srv, config(), tomoidv.WithHTTPClient(hc)).Start(t.Context(), &kyc.StartRequest{})
			assert.Nil(t, check)
			kerr := failure(t, err)
			assert.Equal(t, kyc.ErrUnconfirmed, kerr.Kind)
			assert.Equal(t, "start", kerr.Op)
			assert.False(t, errors.Is(err, kyc.ErrInvalidRequest), "the application did nothing wrong")
		})
	}
}
