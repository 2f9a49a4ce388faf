package kyctest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

const providerName = "kyctest"

// A Provider is the kyc.Provider over a Vendor, with everything that a provider
// can have. Make it with Vendor.Provider.
type Provider struct {
	vendor func() *Vendor // a pointer would print as what it points to
}

var (
	_ kyc.Provider      = (*Provider)(nil)
	_ kyc.ReturnParser  = (*Provider)(nil)
	_ kyc.WebhookParser = (*Provider)(nil)
	_ kyc.Launcher      = (*Provider)(nil)
	_ kyc.Eraser        = (*Provider)(nil)
)

// Provider returns a provider over the vendor, a new one each time.
func (v *Vendor) Provider() *Provider { return &Provider{vendor: func() *Vendor { return v }} }

// Name is "kyctest".
func (p *Provider) Name() string { return providerName }

// Start opens a check. Check.VendorID is the vendor's case.
func (p *Provider) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	const op = "start"
	check, err := kyc.NewCheck(providerName, req)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, failure(op, nil, err)
	}
	answer, _, err := p.ask(ctx, p.vendor().open(check.ID, check.ReturnURL))
	if err == nil && answer.Check != check.ID {
		err = fails(kyc.ErrForeign)
	}
	if err != nil {
		kind := class(err)
		if kind == nil || codes[kind] == http.StatusOK { // the case may be open, and nobody knows where
			kind = kyc.ErrUnconfirmed
		}
		return nil, failure(op, kind, err)
	}
	check.VendorID = answer.Case
	check.URL = "https://vendor.example/verify/" + answer.Case
	check.ExpiresAt = check.StartedAt.Add(7 * 24 * time.Hour)
	return check, nil
}

// Result asks for the check's case, which must name the check. Its Vendor is the
// *Decision.
func (p *Provider) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	answer, evidence, err := p.find(ctx, "result", check)
	if err != nil {
		return nil, err
	}
	result := &kyc.Result{
		CheckID:      check.ID,
		Provider:     providerName,
		Status:       answer.Status,
		VendorStatus: answer.Status.String(),
		Reason:       answer.Reason,
		Attempt:      strconv.Itoa(answer.Attempt),
		DecidedAt:    answer.Decided,
		Person:       answer.Person,
		Document:     answer.Document,
		Findings:     answer.Findings,
		Evidence:     evidence,
		Vendor:       &answer.Decision,
	}
	for _, key := range answer.Keys {
		result.AddKey(key.Kind, key.Scope, key.Value)
	}
	return result, nil
}

// Erase deletes the vendor's record of the check for good.
func (p *Provider) Erase(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
	const op = "erase"
	answer, _, err := p.find(ctx, op, check)
	if err != nil {
		return "", err
	}
	if _, _, err := p.ask(ctx, p.vendor().erase(answer.Case)); err != nil {
		return "", failure(op, class(err), err)
	}
	return kyc.ErasureDeleted, nil
}

// Launch returns a link to the check's URL.
func (p *Provider) Launch(check *kyc.Check) (template.HTML, error) {
	if err := check.Validate(providerName); err != nil {
		return "", err
	}
	var page strings.Builder
	if err := link.Execute(&page, check.URL); err != nil {
		return "", failure("launch", kyc.ErrInvalidRequest, err)
	}
	return template.HTML(page.String()), nil
}

var link = template.Must(template.New("").Parse(`<a href="{{.}}">Verify who you are</a>`))

// ParseReturn reads which check a browser claims to come from.
func (p *Provider) ParseReturn(r *http.Request) (*kyc.Notice, error) {
	const op = "parse return"
	if r == nil {
		return nil, failure(op, kyc.ErrInvalidRequest, errors.New("request is nil"))
	}
	query := r.URL.Query()
	notice := &kyc.Notice{CheckID: query.Get("check"), VendorID: query.Get("case")}
	if !kyc.IsCheckID(notice.CheckID) {
		return nil, failure(op, kyc.ErrInvalidNotice, errors.New("it names no check"))
	}
	return notice, nil
}

// ParseWebhook verifies a webhook of the vendor's and reads which check it is
// about.
func (p *Provider) ParseWebhook(header http.Header, body []byte) (*kyc.Notice, error) {
	const op = "parse webhook"
	signature, err := hex.DecodeString(header.Get(signatureHeader))
	if err != nil || !p.vendor().holds(body, signature) {
		return nil, failure(op, kyc.ErrSignature, errors.New("the signature is missing or another's"))
	}
	var said message
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, failure(op, kyc.ErrInvalidNotice, errors.New("the body is not JSON"))
	}
	return &kyc.Notice{CheckID: said.Check, VendorID: said.Case, Decided: !said.Decided.IsZero(), DecidedAt: said.Decided}, nil
}

// find asks about the check's case. What the vendor answers counts only if it
// names both.
func (p *Provider) find(ctx context.Context, op string, check *kyc.Check) (*verification, kyc.Evidence, error) {
	if err := check.Validate(providerName); err != nil {
		return nil, kyc.Evidence{}, err
	}
	answer, evidence, err := p.ask(ctx, p.vendor().find(check.VendorID))
	if err != nil {
		return nil, kyc.Evidence{}, failure(op, class(err), err)
	}
	if answer.Check != check.ID || answer.Case != check.VendorID {
		return nil, kyc.Evidence{}, failure(op, kyc.ErrForeign, fails(kyc.ErrForeign))
	}
	return answer, evidence, nil
}

func (p *Provider) ask(ctx context.Context, do operation) (*verification, kyc.Evidence, error) {
	body, signature, err := p.vendor().exchange(ctx, do)
	if err != nil {
		return nil, kyc.Evidence{}, err
	}
	hash := sha256.Sum256(body)
	evidence := kyc.Evidence{
		FetchedAt:   time.Now().UTC(),
		SHA256:      hex.EncodeToString(hash[:]),
		Signature:   kyc.SignatureValid,
		Environment: kyc.EnvironmentTest,
	}
	if !p.vendor().holds(body, signature) {
		return nil, kyc.Evidence{}, fails(kyc.ErrSignature)
	}
	answer := new(verification)
	if json.Unmarshal(body, answer) != nil { // its error would quote the body
		return nil, kyc.Evidence{}, fails(kyc.ErrInvalidAnswer)
	}
	return answer, evidence, nil
}

// class is the portable class of an exchange's error, nil when the caller's
// context ended.
func class(err error) error {
	if failed, ok := errors.AsType[*VendorError](err); ok {
		return failed.kind
	}
	return nil
}

func failure(op string, kind, cause error) error {
	return &kyc.Error{Provider: providerName, Op: op, Kind: kind, Err: cause}
}
