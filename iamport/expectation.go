package iamport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	defaultMaxAge = 10 * time.Minute
	// futureTolerance is how far ahead of the answer's Date certified_at may
	// be: the two may come from different machines.
	futureTolerance = 30 * time.Second
)

// An Expectation says what a certification must be for this attempt of this
// person. The zero Expectation expects nothing and is refused: MerchantUID is
// required. All that is set must hold.
//
// What it cannot see is whether a certification was used before. Let each
// MerchantUID count once, in the same statement of the database that marks it
// as used.
type Expectation struct {
	// MerchantUID is the one that was made for this attempt and is stored with
	// it; never what the browser brought. Required. It is what keeps people
	// from presenting somebody else's certification.
	MerchantUID string
	// NotBefore is when the attempt began, by the local clock, to the second.
	// It does not replace MaxAge.
	NotBefore time.Time
	// MaxAge is how long ago the person may have been certified, 10 minutes
	// unless set. A program that asks again later must set it.
	MaxAge time.Duration
	// MinimumAge is in full years (만 나이) on today's date in Seoul, 0 for no
	// limit.
	MinimumAge int
	// BornInOrBefore is a year, for the Korean laws that count by the year of
	// birth alone, 0 for no limit.
	BornInOrBefore int
	// Gateways lists those that are accepted, all of them if empty. Without it
	// a page that somebody edited can choose any that the merchant has a
	// channel with.
	Gateways []Gateway
	// AllowNoCI accepts a certification without a CI.
	AllowNoCI bool
	// AllowTestMerchant accepts what [Certification.TestMerchant] tells of.
	AllowTestMerchant bool
}

// Validate names the first field that is missing or makes no sense.
func (e *Expectation) Validate() error {
	if e == nil {
		return errors.New("expectation is nil")
	}
	switch {
	case strings.TrimSpace(e.MerchantUID) == "":
		return errors.New("MerchantUID is empty")
	case e.MaxAge < 0:
		return errors.New("MaxAge is negative")
	case e.MinimumAge < 0 || e.MinimumAge > maxAge:
		return fmt.Errorf("MinimumAge is not within 0 and %d", maxAge)
	case e.BornInOrBefore != 0 && (e.BornInOrBefore < 1900 || e.BornInOrBefore > 2100):
		return errors.New("BornInOrBefore is not a year within 1900 and 2100")
	case slices.Contains(e.Gateways, ""):
		return errors.New("an element of Gateways is empty")
	}
	return nil
}

// Check tells whether cert is what is expected at the time now. It does no
// I/O. Its error has every expectation that failed, for errors.Is; only
// [ErrNotCertified] comes alone, because nothing else is known then. An
// Expectation that Validate refuses, no certification and no time are errors
// that are [ErrInvalidRequest].
func (e *Expectation) Check(cert *Certification, now time.Time) error {
	return e.check("Check", cert, now)
}

func (e *Expectation) check(op string, cert *Certification, now time.Time) error {
	if err := e.Validate(); err != nil {
		return invalid(op, err)
	}
	switch {
	case cert == nil:
		return invalid(op, errors.New("certification is nil"))
	case now.IsZero():
		return invalid(op, errors.New("now is zero"))
	}
	if failed := e.failed(cert, now); len(failed) > 0 {
		return &Error{Op: op, kinds: failed}
	}
	return nil
}

func (e *Expectation) failed(cert *Certification, now time.Time) []error {
	if !cert.Certified {
		return []error{ErrNotCertified}
	}
	var failed []error
	fails := func(does bool, kind error) {
		if does {
			failed = append(failed, kind)
		}
	}
	maxAge := e.MaxAge
	if maxAge == 0 {
		maxAge = defaultMaxAge
	}
	at := cert.CertifiedAt.Time()
	_, hasCI := cert.CI()
	fails(cert.MerchantUID != e.MerchantUID, ErrMerchantUID)
	fails(cert.CertifiedAt <= 0 || now.Sub(at) > maxAge, ErrStale)
	fails(!e.NotBefore.IsZero() && at.Before(e.NotBefore.Truncate(time.Second)), ErrBeforeAttempt)
	fails(at.Sub(now) > futureTolerance, ErrFuture)
	fails(len(e.Gateways) > 0 && !slices.Contains(e.Gateways, cert.PGProvider), ErrGateway)
	fails(!e.AllowTestMerchant && cert.TestMerchant(), ErrTestMerchant)
	fails(!e.AllowNoCI && !hasCI, ErrNoCI)
	if e.MinimumAge == 0 && e.BornInOrBefore == 0 {
		return failed
	}
	// Without a birth date AgeAt is false, as it is for one in the future.
	date, _ := cert.BirthDate()
	age, ok := date.AgeAt(now)
	if !ok {
		return append(failed, ErrBirthDate)
	}
	born, _ := date.Time()
	fails(age < e.MinimumAge, ErrUnderage)
	fails(e.BornInOrBefore != 0 && born.Year() > e.BornInOrBefore, ErrBornLater)
	return failed
}

// VerifyCertification asks for the certification that a browser named and
// returns it if it is what is expected, and nothing if it is not: see
// [Expectation.Check] for what its error then is.
//
// The time is that of the answer's Date, since certified_at is by Iamport's
// clock too; for an answer without one, it is the local clock's.
//
// Source: GET /certifications/{imp_uid}.
func (c *Client) VerifyCertification(ctx context.Context, impUID string, expect *Expectation) (*Certification, error) {
	const op = "VerifyCertification"
	if err := expect.Validate(); err != nil {
		return nil, invalid(op, err)
	}
	cert, err := c.certification(ctx, op, impUID)
	if err != nil {
		return nil, err
	}
	if err := expect.check(op, cert, cert.meta.now()); err != nil {
		return nil, err
	}
	return cert, nil
}
