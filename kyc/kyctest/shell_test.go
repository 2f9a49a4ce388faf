package kyctest

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"sync"

	"github.com/kyckit/kyckit-go/kyc"
)

// A shell is the reference provider, with one method or another in the place
// of its own.
type shell struct {
	inner        *Provider
	log          *slog.Logger
	token        string
	name         func() string
	start        func(context.Context, *kyc.StartRequest) (*kyc.Check, error)
	result       func(context.Context, *kyc.Check) (*kyc.Result, error)
	parseReturn  func(*http.Request) (*kyc.Notice, error)
	parseWebhook func(http.Header, []byte) (*kyc.Notice, error)
	launch       func(*kyc.Check) (template.HTML, error)
	erase        func(context.Context, *kyc.Check) (kyc.Erasure, error)
}

func newShell(p *Provider, log *slog.Logger) *shell {
	return &shell{
		inner: p, log: log, name: p.Name, start: p.Start, result: p.Result,
		parseReturn: p.ParseReturn, parseWebhook: p.ParseWebhook, launch: p.Launch, erase: p.Erase,
	}
}

func (b *shell) Name() string { return b.name() }
func (b *shell) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	return b.start(ctx, req)
}
func (b *shell) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	return b.result(ctx, check)
}
func (b *shell) ParseReturn(r *http.Request) (*kyc.Notice, error) { return b.parseReturn(r) }
func (b *shell) ParseWebhook(header http.Header, body []byte) (*kyc.Notice, error) {
	return b.parseWebhook(header, body)
}
func (b *shell) Launch(check *kyc.Check) (template.HTML, error) { return b.launch(check) }
func (b *shell) Erase(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
	return b.erase(ctx, check)
}

// renamed has another name, and stores it.
func (b *shell) renamed(display string) {
	b.name = func() string { return display }
	rename := func(check *kyc.Check) *kyc.Check {
		if check == nil || check.Provider != display {
			return check
		}
		named := *check
		named.Provider = providerName
		return &named
	}
	b.started(func(c *kyc.Check) { c.Provider = display })
	b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
		return b.inner.Result(ctx, rename(check))
	}
	b.launch = func(check *kyc.Check) (template.HTML, error) { return b.inner.Launch(rename(check)) }
	b.erase = func(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
		return b.inner.Erase(ctx, rename(check))
	}
}

// started changes what Start gives, resulted what Result gives, and failing how
// Result fails.
func (b *shell) started(change func(*kyc.Check)) {
	b.start = func(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
		check, err := b.inner.Start(ctx, req)
		if err == nil {
			change(check)
		}
		return check, err
	}
}

func (b *shell) resulted(change func(*kyc.Result)) {
	b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
		result, err := b.inner.Result(ctx, check)
		if err == nil {
			change(result)
		}
		return result, err
	}
}

func (b *shell) failing(change func(*kyc.Error, *kyc.Check) (*kyc.Result, error)) {
	b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
		result, err := b.inner.Result(ctx, check)
		if failed, ok := errors.AsType[*kyc.Error](err); ok {
			return change(failed, check)
		}
		return result, err
	}
}

// A set remembers words, for any number of goroutines.
type set struct{ words sync.Map }

func (s *set) had(word string) bool {
	_, had := s.words.LoadOrStore(word, true)
	return had
}

func (s *set) has(word string) bool {
	_, has := s.words.Load(word)
	return has
}

func becomes(from, to kyc.Status) func(*kyc.Result) {
	return func(r *kyc.Result) {
		if r.Status == from {
			r.Status = to
		}
	}
}

// repairs asks with a check that would be refused.
func (b *shell) repairs(repair func(*kyc.Check)) {
	b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
		if check != nil {
			repaired := *check
			repair(&repaired)
			check = &repaired
		}
		return b.inner.Result(ctx, check)
	}
}

// own is check with the id that the vendor's case names.
func (b *shell) own(ctx context.Context, check *kyc.Check) *kyc.Check {
	if ctx.Err() != nil || b.known(check) {
		return check
	}
	answer, _, err := b.inner.ask(ctx, b.inner.vendor().find(check.VendorID))
	if err != nil {
		return check
	}
	named := *check
	named.ID = answer.Check
	return &named
}

// believes takes the vendor id's person for the check's.
func (b *shell) believes(change func(*kyc.Result)) {
	b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
		if check.Validate(providerName) != nil {
			return b.inner.Result(ctx, check)
		}
		owned := b.own(ctx, check)
		result, err := b.inner.Result(ctx, owned)
		if err == nil && owned != check {
			result.CheckID = check.ID
			change(result)
		}
		return result, err
	}
}

// believesIf takes the vendor id's person for the check's if the two ids and the
// attempt are so.
func (b *shell) believesIf(same func(asked, told string, attempt int) bool) {
	b.result = func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
		if check.Validate(providerName) != nil {
			return b.inner.Result(ctx, check)
		}
		owned := b.own(ctx, check)
		if owned.ID != check.ID && !same(check.ID, owned.ID, b.attempt(check.VendorID)) {
			owned = check
		}
		result, err := b.inner.Result(ctx, owned)
		if err == nil {
			result.CheckID = check.ID
		}
		return result, err
	}
}

// known tells whether the check is as the vendor has it.
func (b *shell) known(check *kyc.Check) bool {
	vendor := b.inner.vendor()
	vendor.mu.Lock()
	defer vendor.mu.Unlock()
	c := vendor.cases[check.ID]
	return c != nil && c.Case == check.VendorID
}

func (b *shell) status(caseID string) kyc.Status {
	vendor := b.inner.vendor()
	vendor.mu.Lock()
	defer vendor.mu.Unlock()
	c, err := vendor.find(caseID)()
	if err != nil {
		return kyc.StatusUnknown
	}
	return c.Status
}

func (b *shell) attempt(caseID string) int {
	vendor := b.inner.vendor()
	vendor.mu.Lock()
	defer vendor.mu.Unlock()
	c, err := vendor.find(caseID)()
	if err != nil {
		return 0
	}
	return c.Attempt
}

// resigned reads a webhook's body, whoever signed it.
func (b *shell) resigned(body []byte) (*kyc.Notice, error) {
	header := http.Header{}
	header.Set(signatureHeader, fmt.Sprintf("%x", b.inner.vendor().sign(body)))
	return b.inner.ParseWebhook(header, body)
}
