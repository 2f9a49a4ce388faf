package iamportkyc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
)

// Result asks Iamport for the certification whose imp_uid a return brought, and
// judges it. What each status means for the person is in the package
// documentation. Before a return the check has no VendorID, and is pending
// without anybody being asked.
//
// The imp_uid is the browser's word, so the certification must have the check's
// id as its merchant_uid, certified or not: any other is kyc.ErrForeign, and an
// imp_uid that Iamport does not know is kyc.ErrNotFound. Neither replaces the
// imp_uid that the stored check has.
func (p *Provider) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	const op = "result"
	if err := check.Validate(name); err != nil {
		return nil, err
	}
	if check.VendorID == "" {
		if err := alive(ctx, op); err != nil {
			return nil, err
		}
		return &kyc.Result{CheckID: check.ID, Provider: name, Status: kyc.StatusPending}, nil
	}
	cert, err := p.certification(ctx, op, check)
	if err != nil {
		return nil, err
	}
	failed := p.cfg.judge(cert, check, now(cert.Meta()))
	status, reason := verdict(failed)
	result := &kyc.Result{
		CheckID:  check.ID,
		Provider: name,
		Status:   status,
		Reason:   reason,
		Attempt:  cert.ImpUID,
		Evidence: evidence(cert),
		Vendor:   cert,
	}
	if !cert.Certified {
		return result, nil
	}
	// A time that cannot be could be one that JSON does not hold either.
	if at := cert.CertifiedAt.Time(); at.After(time.Unix(0, 0)) && !errors.Is(failed, iamport.ErrFuture) {
		result.DecidedAt = at
	}
	result.Person = person(cert)
	ci, _ := cert.CI() // "" is not added
	di, _ := cert.DI()
	result.AddKey(kyc.KeyCI, "", ci)
	result.AddKey(kyc.KeyDI, p.cfg.scope(cert.PGProvider), di)
	return result, nil
}

// now is the vendor's, by which certified_at is, or the local one for an answer
// without a Date.
func now(meta iamport.Meta) time.Time {
	if meta.Date().IsZero() {
		return meta.ReceivedAt()
	}
	return meta.Date()
}

func evidence(cert *iamport.Certification) kyc.Evidence {
	meta := cert.Meta()
	hash := sha256.Sum256(meta.Raw())
	evidence := kyc.Evidence{
		// Stored and read back, it must be the same value.
		FetchedAt: meta.ReceivedAt().UTC().Round(0),
		SHA256:    hex.EncodeToString(hash[:]),
		Signature: kyc.SignatureNone,
	}
	if cert.TestMerchant() {
		evidence.Environment = kyc.EnvironmentTest
	}
	return evidence
}

// scope is the gateway and the channel whose account the page opens: no answer
// names the account.
func (cfg *Config) scope(gateway iamport.Gateway) string {
	channel := cfg.ChannelKey
	if channel == "" {
		channel = cfg.PG
	}
	return string(gateway) + "/" + channel
}
