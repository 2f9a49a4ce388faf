package iamportkyc

import (
	"errors"
	"math"
	"time"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
)

// clockTolerance is how far the clock that wrote StartedAt may be ahead of the
// one that wrote certified_at. It gives nothing away: before Start nobody knows
// the check's id, which the certification must name.
const clockTolerance = 5 * time.Minute

// errLate is a certification that somebody made with the page of an old check.
var errLate = errors.New("certified after the check had expired")

func (cfg *Config) expectation(checkID string) *iamport.Expectation {
	return &iamport.Expectation{
		MerchantUID: checkID,
		// The check itself tells what is recent. Counted from now, an approval
		// would be taken back by whoever asks again later.
		MaxAge:            math.MaxInt64,
		MinimumAge:        cfg.MinimumAge,
		BornInOrBefore:    cfg.BornInOrBefore,
		Gateways:          cfg.Gateways,
		AllowNoCI:         cfg.AllowNoCI,
		AllowTestMerchant: cfg.AllowTestMerchant,
	}
}

// judge tells in what cert fails the check's demands at the vendor's time now.
func (cfg *Config) judge(cert *iamport.Certification, check *kyc.Check, now time.Time) error {
	expect := cfg.expectation(check.ID)
	expect.NotBefore = check.StartedAt.Add(-clockTolerance)
	err := expect.Check(cert, now)
	if cert.CertifiedAt.Time().After(check.StartedAt.Add(checkLife)) {
		err = errors.Join(err, errLate)
	}
	return err
}

// verdicts are the words for what failed. Of several, the first one is told:
// what another check would meet again, what contradicts itself, what another
// check mends, and what somebody has to decide.
var verdicts = [...]struct {
	failed error
	status kyc.Status
	reason string
}{
	{iamport.ErrNotCertified, kyc.StatusPending, "not certified: not finished, failed or given up"},
	{iamport.ErrTestMerchant, kyc.StatusDeclined, "certified through a public test account"},
	{iamport.ErrGateway, kyc.StatusDeclined, "certified by a gateway that is not taken"},
	{iamport.ErrUnderage, kyc.StatusDeclined, "under the minimum age"},
	{iamport.ErrBornLater, kyc.StatusDeclined, "born after the last year that is taken"},
	{iamport.ErrFuture, kyc.StatusUnknown, "certified at a time that has not come"},
	{errLate, kyc.StatusExpired, "certified after the check had expired"},
	{iamport.ErrBeforeAttempt, kyc.StatusExpired, "certified before the check began, or nobody knows when"},
	{iamport.ErrStale, kyc.StatusExpired, "certified before the check began, or nobody knows when"},
	{iamport.ErrBirthDate, kyc.StatusReview, "the age is not known"},
	{iamport.ErrNoCI, kyc.StatusReview, "there is no CI"},
}

// verdict says what a failure means for the person. One that has no words is
// unknown, and approves nobody.
func verdict(failed error) (status kyc.Status, reason string) {
	if failed == nil {
		return kyc.StatusApproved, ""
	}
	for _, v := range verdicts {
		if errors.Is(failed, v.failed) {
			return v.status, v.reason
		}
	}
	return kyc.StatusUnknown, ""
}
