package tomoidvkyc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// Result asks TomoIDV about the check's id, country and policy. What each status
// means for the person, and which record counts, is in the package
// documentation.
//
// An answer without a record, and a 404, are StatusPending: TomoIDV knows of no
// verification yet. For a 404 there is no answer to keep, so that Vendor is nil
// and Evidence.SHA256 empty. A 400 is kyc.ErrInvalidRequest: it is documented
// for a wrong request or access token, and to wait would hide either.
//
// An answer that is about other checks alone is kyc.ErrForeign, and so is a
// check that has a VendorID. TomoIDV gives none, so that it can only be what
// somebody claimed, such as a PPID from a return URL.
func (p *Provider) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	return p.result(ctx, "result", check)
}

func (p *Provider) result(ctx context.Context, op string, check *kyc.Check) (*kyc.Result, error) {
	if err := check.Validate(name); err != nil {
		return nil, err
	}
	if check.VendorID != "" {
		return nil, failure(op, kyc.ErrForeign, errors.New("VendorID is set, which only a claim can have done"))
	}
	answer, err := p.client.Result(ctx, &tomoidv.ResultRequest{
		UserID:  check.ID,
		Country: p.cfg.Country,
		Policy:  p.cfg.Policy,
	})
	result := &kyc.Result{CheckID: check.ID, Provider: name, Status: kyc.StatusPending}
	switch {
	case errors.Is(err, tomoidv.ErrNotFound) && isAbout(err, "Result"):
		result.Evidence = p.evidence(time.Now())
		return result, nil
	case err != nil:
		return nil, failure(op, class(err), err)
	}
	hash := sha256.Sum256(answer.Meta().Raw())
	result.Evidence = p.evidence(answer.Meta().ReceivedAt())
	result.Evidence.SHA256 = hex.EncodeToString(hash[:])
	result.Vendor = answer

	own := ownRecords(answer.Records, check)
	counted := p.cfg.matching(own)
	switch {
	case len(answer.Records) == 0:
	case len(own) == 0:
		return nil, failure(op, kyc.ErrForeign, errors.New("every record is another check's"))
	case len(counted) == 0:
		result.Status, result.Reason = kyc.StatusReview, "verified under another policy"
	case len(counted) > 1:
		result.Status, result.Reason = kyc.StatusReview, "there are several records, and nothing tells which one is the check's"
	default:
		p.cfg.judge(result, answer, &counted[0])
	}
	return result, nil
}

// judge puts into the result what the record says, and what follows from it.
func (cfg *Config) judge(result *kyc.Result, answer *tomoidv.Result, record *tomoidv.Record) {
	result.Status, result.Reason = cfg.status(answer, record)
	result.VendorStatus = string(record.Status())
	result.Attempt = record.AuthID
	// JSON holds no year after 9999.
	if at, ok := record.KYC.CompletedAt.Time(); ok && at.Year() <= 9999 {
		result.DecidedAt = at
	}
	result.Person = person(record)
	result.Document = document(&record.KYC.Document)
	result.Findings = findings(&record.KYC.Checks)
	// Until TomoIDV knows the person, it may name the user_id that it was asked
	// about.
	if answer.UserID != tomoidv.PPID(result.CheckID) {
		result.AddKey(kyc.KeyPPID, cfg.scope(), string(answer.UserID))
	}
	doubt(result, record)
	cfg.limit(result)
}

func (p *Provider) evidence(fetchedAt time.Time) kyc.Evidence {
	return kyc.Evidence{
		// Stored and read back, it must be the same value.
		FetchedAt:   fetchedAt.UTC().Round(0),
		Signature:   kyc.SignatureNone,
		Environment: p.cfg.Environment,
	}
}

// scope is within what a PPID names one person.
func (cfg *Config) scope() string {
	return strings.Trim(cfg.ClientID+"/"+string(cfg.Environment), "/")
}
