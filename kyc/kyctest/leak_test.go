package kyctest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/kyc"
)

func TestAssertNoLeak(t *testing.T) {
	const marker = "표식-77310"
	type open struct{ Name string }
	type hidden struct{ name string }
	for name, tc := range map[string]struct {
		v     any
		leaks bool
	}{
		"a text":                  {marker, true},
		"bytes":                   {[]byte(marker), true},
		"a struct":                {open{marker}, true},
		"a pointer":               {&open{marker}, true},
		"an unexported field":     {hidden{marker}, true},
		"what points to one":      {struct{ p *hidden }{&hidden{marker}}, true},
		"an error":                {errors.New(marker), true},
		"an error, quoted":        {fmt.Errorf("%q", marker), true},
		"an error, in ASCII":      {fmt.Errorf("%+q", marker), true},
		"an error, in hex":        {fmt.Errorf("%X", marker), true},
		"a vendor's error":        {&kyc.Error{Kind: kyc.ErrNotFound, Err: errors.New(marker)}, true},
		"a person":                {kyc.Person{FullName: marker}, false},
		"a check":                 {&kyc.Check{URL: marker}, false},
		"a result with a value":   {kyc.Result{Vendor: open{marker}}, false},
		"a box":                   {func() string { return marker }, false},
		"something else":          {open{"표식"}, false},
		"an error with a message": {&kyc.Error{Kind: kyc.ErrNotFound, Err: silent{marker}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			rec := &recorder{TB: t}
			AssertNoLeak(rec, tc.v, "something that is not there", marker)
			assert.Equal(t, tc.leaks, rec.Failed())
		})
	}
	for name, search := range map[string]func(testing.TB){
		"nothing to look at":  func(t testing.TB) { AssertNoLeak(t, nil, marker) },
		"nothing to look for": func(t testing.TB) { AssertNoLeak(t, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			rec := &recorder{TB: t}
			search(rec)
			assert.True(t, rec.Failed(), "it cannot have looked")
		})
	}
}

// silent is an error whose field its text leaves out.
type silent struct{ message string }

func (silent) Error() string { return "it failed" }
