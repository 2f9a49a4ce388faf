package kyctest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// A Vendor is a vendor of identity verification in memory, with one account.
// It signs its answers and webhooks, and a test plays the person and the vendor
// with its methods, which fail the test when they are asked for what cannot be.
// Any number of goroutines can use it.
type Vendor struct {
	tb     testing.TB
	secret func() []byte // a closure prints as an address

	mu       sync.Mutex
	cases    map[string]*verification // by the check's id
	requests int
	failing  error
	stalled  func(context.Context)
}

// NewVendor returns a vendor without checks, and with a random secret.
func NewVendor(tb testing.TB) *Vendor {
	secret := []byte(rand.Text())
	return &Vendor{tb: tb, secret: func() []byte { return secret }, cases: map[string]*verification{}}
}

// A Decision is how the vendor decides about a check.
type Decision struct {
	// Status may be StatusUnknown: the vendor's word for it is "unknown".
	Status   kyc.Status    `json:"status"`
	Reason   string        `json:"reason,omitempty"`
	Person   kyc.Person    `json:"person,omitzero"`
	Document kyc.Document  `json:"document,omitzero"`
	Keys     []kyc.Key     `json:"keys,omitempty"`
	Findings []kyc.Finding `json:"findings,omitempty"`
}

// verification is what the vendor answers with, and keeps.
type verification struct {
	Case    string    `json:"case"`
	Check   string    `json:"check"`
	Attempt int       `json:"attempt"`
	Decided time.Time `json:"decided,omitzero"`
	Decision

	returnURL string
}

// Decide decides about a check, again if it was decided before, and then at a
// later time.
func (v *Vendor) Decide(checkID string, d Decision) {
	v.tb.Helper()
	v.with(checkID, func(c *verification) {
		if c.Status != kyc.StatusPending {
			c.Attempt++
		}
		now := time.Now().UTC()
		if !now.After(c.Decided) { // a clock that stands still
			now = c.Decided.Add(1)
		}
		c.Decided, c.Decision = now, d
	})
}

// Approve approves a check of p, whose key is made of name and birth date.
func (v *Vendor) Approve(checkID string, p kyc.Person) {
	v.tb.Helper()
	name := sha256.Sum256([]byte(p.FullName + "\n" + string(p.BirthDate)))
	v.Decide(checkID, Decision{
		Status:   kyc.StatusApproved,
		Person:   p,
		Keys:     []kyc.Key{{Kind: kyc.KeyPPID, Scope: providerName, Value: hex.EncodeToString(name[:])}},
		Findings: []kyc.Finding{{Kind: kyc.FindingDocument, Outcome: kyc.OutcomePassed}},
	})
}

// Decline declines a check for a reason in words.
func (v *Vendor) Decline(checkID, reason string) {
	v.tb.Helper()
	v.Decide(checkID, Decision{Status: kyc.StatusDeclined, Reason: reason})
}

// Return is the request with which the browser comes back to the ReturnURL of
// the check, which must have one. Anybody can make such a request.
func (v *Vendor) Return(checkID string) *http.Request {
	v.tb.Helper()
	var back *http.Request
	v.with(checkID, func(c *verification) {
		u, err := url.Parse(c.returnURL)
		if err != nil || c.returnURL == "" {
			v.tb.Fatal("kyctest: the check has no ReturnURL to come back to")
		}
		query := u.Query()
		query.Set("check", c.Check)
		query.Set("case", c.Case)
		u.RawQuery = query.Encode()
		back = httptest.NewRequest(http.MethodGet, u.String(), nil)
	})
	return back
}

// Webhook is the request with which the vendor tells that the check was decided,
// signed.
func (v *Vendor) Webhook(checkID string) *http.Request {
	v.tb.Helper()
	var body []byte
	v.with(checkID, func(c *verification) {
		body, _ = json.Marshal(message{Case: c.Case, Check: c.Check, Decided: c.Decided})
	})
	call := httptest.NewRequest(http.MethodPost, "/webhooks/"+providerName, bytes.NewReader(body))
	call.Header.Set("Content-Type", "application/json")
	call.Header.Set(signatureHeader, hex.EncodeToString(v.sign(body)))
	return call
}

// message is the body of a webhook.
type message struct {
	Case    string    `json:"case"`
	Check   string    `json:"check"`
	Decided time.Time `json:"decided,omitzero"`
}

const signatureHeader = "X-Kyctest-Signature"

// Requests is how many requests the vendor has received.
func (v *Vendor) Requests() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.requests
}

// FailNext lets the next request fail so that the Provider fails with kind, one
// of kyc's classes for what a vendor does: kyc.ErrInvalidRequest,
// kyc.ErrUnauthorized, kyc.ErrNotFound, kyc.ErrRateLimited and
// kyc.ErrUnavailable refuse the request; kyc.ErrUnconfirmed, for Start alone,
// processes it and loses the answer; kyc.ErrInvalidAnswer breaks the answer off;
// kyc.ErrSignature gives it another's signature; and kyc.ErrForeign answers about
// another check.
func (v *Vendor) FailNext(kind error) {
	v.tb.Helper()
	if _, ok := codes[kind]; !ok {
		v.tb.Fatalf("kyctest: a vendor does not fail with %v", kind)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.failing = kind
}

// codes are HTTP's: of an answer that came and is of no use 200, of one that
// never came 0.
var codes = map[error]int{
	kyc.ErrInvalidRequest: http.StatusBadRequest,
	kyc.ErrUnauthorized:   http.StatusUnauthorized,
	kyc.ErrNotFound:       http.StatusNotFound,
	kyc.ErrRateLimited:    http.StatusTooManyRequests,
	kyc.ErrUnavailable:    http.StatusServiceUnavailable,
	kyc.ErrInvalidAnswer:  http.StatusOK,
	kyc.ErrSignature:      http.StatusOK,
	kyc.ErrForeign:        http.StatusOK,
	kyc.ErrUnconfirmed:    0,
}

// Stall holds the next request up until its caller gives up or release is
// called. When the request is there, arrived is called.
func (v *Vendor) Stall(arrived func()) (release func()) {
	released := make(chan struct{})
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stalled = func(ctx context.Context) {
		arrived()
		select {
		case <-ctx.Done():
		case <-released:
		}
	}
	return sync.OnceFunc(func() { close(released) })
}

// VendorError is what the vendor itself says when it fails: it is in the chain
// of the Provider's error.
type VendorError struct {
	Code int // as HTTP has it, 0 when no answer came

	kind error // what it is for kyc
}

// Error tells the code.
func (e *VendorError) Error() string {
	if e.Code == 0 {
		return "vendor: no answer"
	}
	return "vendor: " + strconv.Itoa(e.Code)
}

func fails(kind error) *VendorError { return &VendorError{Code: codes[kind], kind: kind} }

// an operation is what the vendor does to a request that arrives.
type operation func() (*verification, error)

func (v *Vendor) open(checkID, returnURL string) operation {
	return func() (*verification, error) {
		if v.cases[checkID] != nil {
			return nil, fails(kyc.ErrInvalidRequest)
		}
		v.cases[checkID] = &verification{
			Case: "case-" + rand.Text(), Check: checkID, Attempt: 1, Decision: Decision{Status: kyc.StatusPending}, returnURL: returnURL,
		}
		return v.cases[checkID], nil
	}
}

func (v *Vendor) find(caseID string) operation {
	return func() (*verification, error) {
		for _, c := range v.cases {
			if c.Case == caseID {
				return c, nil
			}
		}
		return nil, fails(kyc.ErrNotFound)
	}
}

func (v *Vendor) erase(caseID string) operation {
	return func() (*verification, error) {
		c, err := v.find(caseID)()
		if err == nil {
			delete(v.cases, c.Check)
		}
		return c, err
	}
}

// exchange is one request and its answer: a body and its signature.
func (v *Vendor) exchange(ctx context.Context, do operation) (body, signature []byte, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err // nothing leaves
	}
	v.mu.Lock()
	v.requests++
	stalled, failing := v.stalled, v.failing
	v.stalled, v.failing = nil, nil
	v.mu.Unlock()
	if stalled != nil {
		stalled(ctx)
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
	}
	if codes[failing] >= http.StatusBadRequest {
		return nil, nil, fails(failing)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	found, err := do()
	if err != nil {
		return nil, nil, err
	}
	answer := *found
	switch failing {
	case kyc.ErrUnconfirmed:
		return nil, nil, fails(failing)
	case kyc.ErrForeign:
		answer.Check = kyc.NewCheckID()
	}
	if body, err = json.Marshal(answer); err != nil {
		return nil, nil, err
	}
	if failing == kyc.ErrInvalidAnswer {
		body = body[:len(body)/2]
	}
	signature = v.sign(body)
	if failing == kyc.ErrSignature {
		signature[0] ^= 1
	}
	return body, signature, nil
}

func (v *Vendor) sign(body []byte) []byte {
	mac := hmac.New(sha256.New, v.secret())
	mac.Write(body)
	return mac.Sum(nil)
}

func (v *Vendor) holds(body, signature []byte) bool {
	return hmac.Equal(signature, v.sign(body))
}

func (v *Vendor) with(checkID string, do func(*verification)) {
	v.tb.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	c := v.cases[checkID]
	if c == nil {
		v.tb.Fatal("kyctest: the vendor does not know the check")
	}
	do(c)
}
