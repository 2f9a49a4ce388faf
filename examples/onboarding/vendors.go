package main

import (
	"log/slog"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/veriff"
)

// minimumAge is in full years. The adapters refuse whoever is younger, whatever
// the vendor says.
const minimumAge = 19

// providers are the vendors for whom there are credentials, in the order in
// which they are offered. This is the one place that knows them.
func (v *vendorSettings) providers(log *slog.Logger) ([]kyc.Provider, error) {
	var providers []kyc.Provider
	for _, vendor := range []struct {
		credential string
		build      func(*slog.Logger) (kyc.Provider, error)
	}{
		{v.iamportRESTAPIKey, v.iamport},
		{v.tomoidvClientID, v.tomoidv},
		{v.veriffAPIKey, v.veriff},
	} {
		if vendor.credential == "" {
			continue
		}
		provider, err := vendor.build(log)
		if err != nil {
			return nil, err
		}
		providers = append(providers, provider)
	}
	return providers, nil
}

func (v *vendorSettings) veriff(log *slog.Logger) (kyc.Provider, error) {
	client, err := veriff.NewClient(v.veriffAPIKey, v.veriffSharedSecret, veriff.WithBaseURL(v.veriffBaseURL),
		veriff.WithSignedAnswersOnly(), veriff.WithLogger(log))
	if err != nil {
		return nil, err
	}
	verifier, err := veriff.NewVerifier(v.veriffAPIKey, v.veriffSharedSecret, veriff.WithLogger(log))
	if err != nil {
		return nil, err
	}
	return veriffkyc.New(client, veriffkyc.Config{Verifier: verifier, MinimumAge: minimumAge, Environment: v.environment})
}

func (v *vendorSettings) iamport(log *slog.Logger) (kyc.Provider, error) {
	options := []iamport.Option{iamport.WithLogger(log)}
	if v.iamportBaseURL != "" {
		options = append(options, iamport.WithBaseURL(v.iamportBaseURL))
	}
	client, err := iamport.NewClient(v.iamportRESTAPIKey, v.iamportRESTAPISecret, options...)
	if err != nil {
		return nil, err
	}
	// Document 001's two modes: a PC gets a popup, a mobile browser is redirected.
	return iamportkyc.New(client, iamportkyc.Config{
		UserCode: v.iamportUserCode, ChannelKey: v.iamportChannelKey, MinimumAge: minimumAge, ScriptURL: v.iamportScriptURL,
	})
}

func (v *vendorSettings) tomoidv(log *slog.Logger) (kyc.Provider, error) {
	// Contract 1.4 tells how a check ended, and who it was.
	options := []tomoidv.Option{tomoidv.WithContractVersion("1.4"), tomoidv.WithLogger(log)}
	if v.tomoidvBaseURL != "" {
		options = append(options, tomoidv.WithBaseURL(v.tomoidvBaseURL))
	}
	client, err := tomoidv.NewClient(v.tomoidvClientID, v.tomoidvSecretKey, options...)
	if err != nil {
		return nil, err
	}
	return tomoidvkyc.New(client, tomoidvkyc.Config{
		Country: "jp", Policy: tomoidv.GovernmentID("id_card", tomoidv.OwnerVerified("document_secret")),
		MinimumAge: minimumAge, Environment: v.environment, ClientID: v.tomoidvClientID,
	})
}
