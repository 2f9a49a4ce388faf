package main

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/kyc"
)

// settings are what differs between a run with the vendors and one with fakes.
type settings struct {
	baseURL string
	// pepper is the secret of kyc.Key.Digest.
	pepper  []byte
	vendors vendorSettings
	// windows are origins of the vendors' pages that are not https: the fakes'.
	windows []string
}

// vendorSettings are the vendors' credentials. One that is empty is not offered.
type vendorSettings struct {
	veriffAPIKey, veriffSharedSecret, veriffBaseURL                             string
	iamportRESTAPIKey, iamportRESTAPISecret, iamportUserCode, iamportChannelKey string
	tomoidvClientID, tomoidvSecretKey                                           string

	environment kyc.Environment
	// The fakes' addresses; empty for the vendors' own.
	iamportBaseURL, iamportScriptURL, tomoidvBaseURL string
}

// lookup is os.LookupEnv.
type lookup func(name string) (string, bool)

// A settingsError is what whoever runs the program did wrong. It names
// variables, and never their values.
type settingsError struct{ what string }

func (e *settingsError) Error() string { return e.what }

const variablesUsage = `  VERIFF_API_KEY, VERIFF_SHARED_SECRET, VERIFF_BASE_URL (the integration's)
  IAMPORT_REST_API_KEY, IAMPORT_REST_API_SECRET, IAMPORT_USER_CODE,
  IAMPORT_CHANNEL_KEY (a channel of Danal's)
  TOMOIDV_CLIENT_ID, TOMOIDV_SECRET_KEY (production's)
`

// A variable is one of the environment, and where its value goes.
type variable struct {
	name string
	to   *string
}

// variables are those of the vendors, one vendor after the other.
func (v *vendorSettings) variables() [][]variable {
	return [][]variable{
		{{"VERIFF_API_KEY", &v.veriffAPIKey}, {"VERIFF_SHARED_SECRET", &v.veriffSharedSecret}, {"VERIFF_BASE_URL", &v.veriffBaseURL}},
		{
			{"IAMPORT_REST_API_KEY", &v.iamportRESTAPIKey}, {"IAMPORT_REST_API_SECRET", &v.iamportRESTAPISecret},
			{"IAMPORT_USER_CODE", &v.iamportUserCode}, {"IAMPORT_CHANNEL_KEY", &v.iamportChannelKey},
		},
		{{"TOMOIDV_CLIENT_ID", &v.tomoidvClientID}, {"TOMOIDV_SECRET_KEY", &v.tomoidvSecretKey}},
	}
}

// liveSettings reads the environment. Nothing falls back to a fake: whoever
// mistypes a variable gets an error, and not an application in which people
// approve themselves.
func liveSettings(lookupEnv lookup) (*settings, error) {
	s := &settings{vendors: vendorSettings{environment: kyc.EnvironmentLive}}
	var pepper string
	missing := read(lookupEnv, []variable{{"ONBOARDING_BASE_URL", &s.baseURL}, {"ONBOARDING_PEPPER", &pepper}})
	complete := 0
	var all []string
	for _, vendor := range s.vendors.variables() {
		absent := read(lookupEnv, vendor)
		switch len(absent) {
		case 0:
			complete++
		case len(vendor):
			all = append(all, absent...)
		default:
			missing = append(missing, absent...)
		}
	}
	if complete == 0 {
		missing = append(missing, all...)
	}
	if len(missing) > 0 {
		return nil, &settingsError{"missing in the environment, or empty: " + strings.Join(missing, ", ") + " (-fake needs none)"}
	}
	var err error
	if s.pepper, err = hex.DecodeString(pepper); err != nil || len(s.pepper) < kyc.MinPepper {
		return nil, &settingsError{fmt.Sprintf("ONBOARDING_PEPPER must be %d hex digits or more", 2*kyc.MinPepper)}
	}
	base, err := url.Parse(s.baseURL) // the error repeats the URL
	if err != nil || base.Scheme != "https" || base.Hostname() == "" || base.User != nil || strings.Trim(base.Path, "/") != "" || strings.ContainsAny(s.baseURL, "?#") {
		return nil, &settingsError{"ONBOARDING_BASE_URL must be https, a host, and nothing else"}
	}
	s.baseURL = "https://" + strings.TrimSuffix(strings.ToLower(base.Host), ":443") // as browsers write an Origin
	// A client takes http for loopback hosts, where a fake can be.
	if v := s.vendors.veriffBaseURL; v != "" && !strings.HasPrefix(v, "https://") {
		return nil, &settingsError{"VERIFF_BASE_URL must be an https URL"}
	}
	return s, nil
}

// read sets the variables, and returns the names of those that are missing.
func read(lookupEnv lookup, variables []variable) (missing []string) {
	for _, v := range variables {
		if *v.to, _ = lookupEnv(v.name); strings.TrimSpace(*v.to) == "" {
			missing = append(missing, v.name)
		}
	}
	return missing
}

// noLiveSettings refuses credentials together with -fake: they tell that
// somebody means it in earnest.
func noLiveSettings(lookupEnv lookup) error {
	var there []string
	groups := append((&vendorSettings{}).variables(), []variable{{"ONBOARDING_BASE_URL", nil}, {"ONBOARDING_PEPPER", nil}})
	for _, v := range slices.Concat(groups...) {
		if _, ok := lookupEnv(v.name); ok {
			there = append(there, v.name)
		}
	}
	if len(there) > 0 {
		return &settingsError{"-fake does not go with these in the environment: " + strings.Join(there, ", ")}
	}
	return nil
}
