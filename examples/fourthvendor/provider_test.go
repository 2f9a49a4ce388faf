package fourthvendor_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kyckit/kyckit-go/examples/fourthvendor"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kyctest"
)

func TestConformance(t *testing.T) { kyctest.Run(t, harness) }

// A webhook about a check that nobody has decided is not waited for.
func TestWebhookBeforeTheDecision(t *testing.T) {
	h := harness(t, nil)
	provider := h.NewProvider()
	check, err := provider.Start(t.Context(), &kyc.StartRequest{ReturnURL: "https://shop.example/back?a=1"})
	if err != nil {
		t.Fatal(err)
	}
	notice, err := kyc.ParseWebhook(provider, h.Webhook(check))
	if err != nil || notice.Decided || notice.CheckID != check.ID {
		t.Errorf("%v, %v", notice, err)
	}
}

func harness(t testing.TB, _ *slog.Logger) *kyctest.Harness {
	vendor := &haneul{t: t, key: "sk_" + rand.Text(), known: map[string]*verification{}}
	wire := &kyctest.Transport{Base: vendor}
	h := &kyctest.Harness{
		NewProvider: func() kyc.Provider {
			return &fourthvendor.Provider{
				Client: &http.Client{Transport: wire}, BaseURL: "https://haneul.example", Key: func() []byte { return []byte(vendor.key) },
			}
		},
		Requests:      wire.Requests,
		Stall:         wire.Stall,
		Outcomes:      map[kyc.Status]func(*kyc.Check, kyc.Person){},
		Overrule:      func(check *kyc.Check) { vendor.decide(check, "refused", kyc.Person{}) },
		Return:        vendor.back,
		Webhook:       vendor.webhook,
		Faults:        map[error]func(){},
		IsVendorError: func(err error) bool { var verr *fourthvendor.Error; return errors.As(err, &verr) },
		Secrets:       []string{vendor.key},
	}
	for status, state := range map[kyc.Status]string{
		kyc.StatusApproved: "verified", kyc.StatusDeclined: "refused", kyc.StatusReview: "in review", kyc.StatusResubmit: "try again",
		kyc.StatusExpired: "lapsed", kyc.StatusAbandoned: "left", kyc.StatusCanceled: "stopped", kyc.StatusUnknown: "verified?",
	} {
		h.Outcomes[status] = func(check *kyc.Check, person kyc.Person) { vendor.decide(check, state, person) }
	}
	for kind, fault := range map[error]func(*answer){
		kyc.ErrInvalidRequest: refusing(http.StatusBadRequest),
		kyc.ErrUnauthorized:   refusing(http.StatusUnauthorized),
		kyc.ErrNotFound:       refusing(http.StatusNotFound),
		kyc.ErrRateLimited:    refusing(http.StatusTooManyRequests),
		kyc.ErrUnavailable:    refusing(http.StatusServiceUnavailable),
		kyc.ErrUnconfirmed:    refusing(http.StatusBadGateway),
		kyc.ErrInvalidAnswer:  vendor.saying(`{"ID": "another`),
		kyc.ErrForeign:        vendor.saying(`{"ID": "another", "URL": "https://haneul.example/", "Reference": "another"}`),
		kyc.ErrSignature:      func(a *answer) { a.signature = vendor.sign(nil) },
	} {
		h.Faults[kind] = func() { vendor.fault = fault }
	}
	return h
}

func refusing(status int) func(*answer) {
	return func(a *answer) { a.status = status }
}

func (v *haneul) saying(body string) func(*answer) {
	return func(a *answer) { *a = v.signed([]byte(body)) }
}

// haneul is the vendor, as a RoundTripper without a socket.
type haneul struct {
	t     testing.TB
	key   string
	fault func(*answer) // of the next answer

	mu    sync.Mutex
	known map[string]*verification // by its id
}

// verification is what goes over the wire, by the vendor's own hand.
type verification struct {
	ID, URL, Reference, State, Reason, Attempt, Name, Born string
	Decided                                                *time.Time `json:",omitempty"`

	back string
}

type answer struct {
	status    int
	body      []byte
	signature string
}

func (v *haneul) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	a := v.serve(r)
	if v.fault != nil {
		v.fault(&a)
		v.fault = nil
	}
	return &http.Response{
		StatusCode: a.status, Header: http.Header{"Haneul-Signature": {a.signature}},
		Body: io.NopCloser(bytes.NewReader(a.body)), Request: r,
	}, nil
}

func (v *haneul) serve(r *http.Request) answer {
	found := v.known[strings.TrimPrefix(r.URL.Path, "/verifications/")]
	switch {
	case r.Header.Get("Authorization") != "Bearer "+v.key:
		return answer{status: http.StatusUnauthorized}
	case r.Method == http.MethodPost && r.URL.Path == "/verifications":
		id := rand.Text()
		found = &verification{
			ID: id, URL: "https://haneul.example/go/" + id, Reference: r.URL.Query().Get("reference"), State: "open",
			Attempt: rand.Text(), back: r.URL.Query().Get("back"),
		}
		v.known[id] = found
	case found == nil:
		return answer{status: http.StatusNotFound}
	}
	return v.signed(v.write(found))
}

func (v *haneul) signed(body []byte) answer { return answer{http.StatusOK, body, v.sign(body)} }

func (v *haneul) sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(v.key))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func (v *haneul) write(found *verification) []byte {
	out, err := json.Marshal(found)
	if err != nil {
		v.t.Error(err)
	}
	return out
}

func (v *haneul) decide(check *kyc.Check, state string, person kyc.Person) {
	found, now := v.known[check.VendorID], time.Now()
	if found.State != "open" {
		found.Attempt = rand.Text()
	}
	found.State, found.Name, found.Born, found.Decided = state, person.FullName, string(person.BirthDate), &now
}

func (v *haneul) back(check *kyc.Check) *http.Request {
	found := v.known[check.VendorID]
	return httptest.NewRequest(http.MethodGet, found.back+"&reference="+found.Reference, nil)
}

func (v *haneul) webhook(check *kyc.Check) *http.Request {
	body := v.write(v.known[check.VendorID])
	call := httptest.NewRequest(http.MethodPost, "/webhooks/haneul", strings.NewReader(string(body)))
	call.Header.Set("Haneul-Signature", v.sign(body))
	return call
}
