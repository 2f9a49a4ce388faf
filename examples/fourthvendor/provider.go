// Package fourthvendor makes an imaginary vendor, Haneul ID, a kyc.Provider. Its test
// has a fake Haneul, and the harness with which kyctest judges the provider.
package fourthvendor

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

const name = "haneul"

// A Provider verifies people through one account of Haneul's.
type Provider struct {
	Client  *http.Client
	BaseURL string
	Key     func() []byte // a function, because a plain field would be printed
}

// A Verification is what Haneul says about a check, whose id is the Reference.
type Verification struct {
	ID, URL, Reference, State, Reason, Attempt, Name, Born string
	Decided                                                time.Time
	evidence                                               kyc.Evidence
}

// An Error is what Haneul says instead: HTTP's status, 0 when no answer came.
type Error struct{ Status int }

func (e *Error) Error() string { return "haneul: " + strconv.Itoa(e.Status) }

func (p *Provider) Name() string { return name }

// Start opens a verification.
func (p *Provider) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	check, err := kyc.NewCheck(name, req)
	if err != nil {
		return nil, err
	}
	path := "/verifications?" + url.Values{"reference": {check.ID}, "back": {check.ReturnURL}}.Encode()
	opened, err := p.ask(ctx, "start", http.MethodPost, path, check)
	if err != nil {
		return nil, err
	}
	check.VendorID, check.URL = opened.ID, opened.URL
	if check.Validate(name) != nil { // nobody may be sent there
		return nil, failed("start", kyc.ErrUnconfirmed, &Error{http.StatusOK})
	}
	return check, nil
}

// Result asks for the verification, which must be the check's.
func (p *Provider) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	if err := check.Validate(name); err != nil {
		return nil, err
	}
	told, err := p.ask(ctx, "result", http.MethodGet, "/verifications/"+url.PathEscape(check.VendorID), check)
	if err != nil {
		return nil, err
	}
	return &kyc.Result{
		CheckID: check.ID, Provider: name, Status: statuses[told.State], VendorStatus: told.State, Reason: told.Reason,
		Attempt: told.Attempt, DecidedAt: told.Decided.UTC(), Person: kyc.Person{FullName: told.Name, BirthDate: kyc.Date(told.Born)},
		Evidence: told.evidence, Vendor: told,
	}, nil
}

// ParseReturn reads which check the browser claims to come from.
func (p *Provider) ParseReturn(r *http.Request) (*kyc.Notice, error) {
	if id := r.URL.Query().Get("reference"); kyc.IsCheckID(id) {
		return &kyc.Notice{CheckID: id}, nil
	}
	return nil, failed("parse return", kyc.ErrInvalidNotice, nil)
}

// ParseWebhook reads a webhook, whose body is a Verification's.
func (p *Provider) ParseWebhook(header http.Header, body []byte) (*kyc.Notice, error) {
	told, kind := p.read(header, body, nil, kyc.ErrInvalidNotice)
	if kind != nil {
		return nil, failed("parse webhook", kind, nil)
	}
	return &kyc.Notice{CheckID: told.Reference, VendorID: told.ID, Decided: told.State != "open", DecidedAt: told.Decided}, nil
}

// ask is one exchange about a check. Errors of package http would show its URL.
func (p *Provider) ask(ctx context.Context, op, method, path string, check *kyc.Check) (told *Verification, err error) {
	req, err := http.NewRequestWithContext(ctx, method, p.BaseURL+path, nil)
	if err != nil || ctx.Err() != nil { // nothing leaves
		return nil, failed(op, nil, cmp.Or(ctx.Err(), error(&Error{})))
	}
	req.Header.Set("Authorization", "Bearer "+string(p.Key()))
	resp, err := p.Client.Do(req)
	if err != nil {
		resp = &http.Response{Body: http.NoBody} // and the status 0
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	kind, refused := refusals[resp.StatusCode]
	switch {
	case refused, ctx.Err() != nil: // a refusal did nothing, and the caller's leaving has no kind
	case err != nil || resp.StatusCode != http.StatusOK:
		kind = kyc.ErrUnavailable
	default:
		if told, kind = p.read(resp.Header, body, check, kyc.ErrInvalidAnswer); kind == nil {
			return told, nil
		}
	}
	if op == "start" && !refused { // it may be open all the same
		kind = kyc.ErrUnconfirmed
	}
	return nil, failed(op, kind, cmp.Or(ctx.Err(), error(&Error{resp.StatusCode})))
}

// read verifies a body before it reads it, about check unless that is nil.
func (p *Provider) read(header http.Header, body []byte, check *kyc.Check, unreadable error) (told *Verification, kind error) {
	mac, hash := hmac.New(sha256.New, p.Key()), sha256.Sum256(body)
	mac.Write(body)
	switch signature, err := hex.DecodeString(header.Get("Haneul-Signature")); {
	case err != nil || !hmac.Equal(signature, mac.Sum(nil)):
		return nil, kyc.ErrSignature
	case json.Unmarshal(body, &told) != nil || told == nil || told.ID == "" || told.URL == "":
		return nil, unreadable
	case check != nil && (told.Reference != check.ID || told.ID != cmp.Or(check.VendorID, told.ID)):
		return nil, kyc.ErrForeign
	}
	told.evidence = kyc.Evidence{FetchedAt: time.Now().UTC(), SHA256: hex.EncodeToString(hash[:]), Signature: kyc.SignatureValid}
	return told, nil
}

func failed(op string, kind, cause error) error {
	return &kyc.Error{Provider: name, Op: op, Kind: kind, Err: cause}
}

var statuses = map[string]kyc.Status{ // any other is StatusUnknown
	"open": kyc.StatusPending, "in review": kyc.StatusReview, "try again": kyc.StatusResubmit, "verified": kyc.StatusApproved,
	"refused": kyc.StatusDeclined, "lapsed": kyc.StatusExpired, "left": kyc.StatusAbandoned, "stopped": kyc.StatusCanceled,
}

var refusals = map[int]error{400: kyc.ErrInvalidRequest, 401: kyc.ErrUnauthorized, 404: kyc.ErrNotFound, 429: kyc.ErrRateLimited}
