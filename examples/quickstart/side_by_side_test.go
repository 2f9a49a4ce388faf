package main

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/kyc"
)

// served is a counter whose provider does something else in one respect.
func served(at counterOf, p provided) counterOf {
	return counterOf{at.vendor, func() (*counter, error) {
		counter, err := at.open()
		if err == nil {
			p.Provider = counter.provider
			counter.provider = struct {
				*provided
				kyc.Eraser
			}{&p, counter.provider.(kyc.Eraser)}
		}
		return counter, err
	}}
}

// A hoarder says that it has deleted nothing.
type hoarder struct{ kyc.Provider }

func (hoarder) Erase(context.Context, *kyc.Check) (kyc.Erasure, error) {
	return kyc.ErasureNotDeletable, nil
}

func TestWhatGoesWrongByPackageKYC(t *testing.T) {
	broken := errors.New("broken")
	with := func(p provided) func(counterOf) counterOf {
		return func(at counterOf) counterOf { return served(at, p) }
	}
	edited := func(edit func(*counter)) func(counterOf) counterOf {
		return func(at counterOf) counterOf {
			return counterOf{at.vendor, func() (*counter, error) {
				counter, err := at.open()
				edit(counter)
				return counter, err
			}}
		}
	}
	for i, vendor := range []string{"Veriff", "Iamport", "TomoIDV"} {
		for name, test := range map[string]struct {
			with  func(counterOf) counterOf
			fails []string
		}{
			"nothing": {func(at counterOf) counterOf { return at }, nil},
			"no counter": {func(at counterOf) counterOf {
				return counterOf{at.vendor, func() (*counter, error) { return nil, broken }}
			}, []string{vendor + ", the rest"}},
			"nothing starts": {with(provided{start: broken}), []string{vendor + ", the rest"}},
			"no result":      {with(provided{result: broken}), []string{vendor + ", before anyone has come", vendor + ", the rest"}},
			"approved from the start": {with(provided{status: kyc.StatusApproved}), []string{
				vendor + ", before anyone has come",
			}},
			"never approved":     {with(provided{status: kyc.StatusPending}), []string{"  when the person has passed"}},
			"anybody's approval": {with(provided{foreign: true}), []string{"  for somebody else's check"}},
			"a person who fails": {edited(func(c *counter) {
				c.pass = func(*kyc.Check) (*kyc.Notice, error) { return nil, broken }
			}), []string{vendor + ", the rest"}},
			"somebody else's notice": {edited(func(c *counter) {
				c.pass = func(*kyc.Check) (*kyc.Notice, error) { return &kyc.Notice{CheckID: kyc.NewCheckID()}, nil }
			}), []string{vendor + ", the rest"}},
			"nothing is forgotten": {edited(func(c *counter) { c.provider = hoarder{c.provider} }), []string{
				"  when told to forget the person",
			}},
			"forgetting is not there": {edited(func(c *counter) { c.provider = struct{ kyc.Provider }{c.provider} }), []string{
				vendor + ", the rest",
			}},
		} {
			t.Run(vendor+", "+name, func(t *testing.T) {
				all := counters()
				all[i] = test.with(all[i])
				held, output := demonstrateAlone(func(r *report) { demonstrateAny(t.Context(), r, all) })
				assert.Equal(t, test.fails == nil, held)
				assert.Equal(t, test.fails, failures(output), output)
			})
		}
	}
}

func TestCounterThatOpensByHalf(t *testing.T) {
	closed := false
	half := counterOf{"Vendor", func() (*counter, error) {
		return &counter{close: func() { closed = true }}, errors.New("no credentials")
	}}
	held, output := demonstrateAlone(func(r *report) { demonstrateAny(t.Context(), r, []counterOf{half}) })
	assert.False(t, held)
	assert.Equal(t, []string{"Vendor, the rest"}, failures(output))
	assert.True(t, closed)
}
