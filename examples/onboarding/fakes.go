package main

import (
	"crypto/rand"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// fakes stand in for the vendors, and anyone can be anyone there. A copy of this
// program that is put to use is better off without this file.
type fakes struct {
	veriff  *verifftest.Server
	iamport *iamporttest.Server
	tomoidv *tomoidvtest.Server
}

// startFakes starts them on free ports of the loopback interface.
func startFakes() (*fakes, error) {
	f := &fakes{}
	var err error
	if f.veriff, err = verifftest.Start(verifftest.WithLoopbackCallbacks(), verifftest.WithSessionDeletion()); err != nil {
		return nil, err
	}
	if f.iamport, err = iamporttest.Start(); err != nil {
		f.close()
		return nil, err
	}
	if f.tomoidv, err = tomoidvtest.Start(); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// settings are those with which an application at baseURL uses the fakes.
func (f *fakes) settings(baseURL string) *settings {
	pepper := make([]byte, kyc.MinPepper)
	_, _ = rand.Read(pepper) // never fails; the database does not outlive it
	return &settings{
		baseURL: baseURL, pepper: pepper,
		vendors: vendorSettings{
			veriffAPIKey: f.veriff.APIKey, veriffSharedSecret: f.veriff.Secret, veriffBaseURL: f.veriff.URL,
			iamportRESTAPIKey: f.iamport.APIKey, iamportRESTAPISecret: f.iamport.APISecret,
			iamportUserCode: f.iamport.UserCode, iamportChannelKey: f.iamport.ChannelKey,
			iamportBaseURL: f.iamport.URL, iamportScriptURL: f.iamport.URL + "/v1/iamport.js",
			tomoidvClientID: f.tomoidv.ClientID, tomoidvSecretKey: f.tomoidv.SecretKey, tomoidvBaseURL: f.tomoidv.URL,
			environment: kyc.EnvironmentTest,
		},
		windows: []string{f.veriff.URL, f.iamport.URL, f.tomoidv.URL},
	}
}

// deliverTo lets the fake Veriff call the application.
func (f *fakes) deliverTo(baseURL string) error {
	return f.veriff.DeliverToURL(baseURL + verifyPath + "/veriff/webhook")
}

func (f *fakes) close() {
	if f.veriff != nil {
		f.veriff.Close()
	}
	if f.iamport != nil {
		f.iamport.Close()
	}
	if f.tomoidv != nil {
		f.tomoidv.Close()
	}
}
