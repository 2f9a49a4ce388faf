package kyc_test

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/kyc"
)

const (
	checkID      = "31415926535897932384626433832795028841"
	otherCheckID = "27182818284590452353602874713526624977"
	vendorID     = "8f3c0c5e-5d0e-4a55-9b0e-0d2f0f8f6a11"
	otherID      = "11aa0c5e-5d0e-4a55-9b0e-0d2f0f8f6a22"
)

func wholeCheck() *kyc.Check {
	started := time.Date(2026, 6, 15, 9, 30, 0, 123456789, time.UTC)
	return &kyc.Check{
		Version: 1, ID: checkID, Provider: vendorName, Reference: "user-42", ReturnURL: "https://shop.example/back",
		VendorID: vendorID, URL: "https://vendor.example/v/token?a=b#c",
		StartedAt: started, ExpiresAt: started.Add(7 * 24 * time.Hour),
	}
}

func TestNewCheckID(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 42)
	form := regexp.MustCompile(`^[1-9][0-9]{37}$`)
	const n = 20_000
	seen := map[string]bool{}
	var first, rest [10]int
	for range n {
		id := kyc.NewCheckID()
		require.Regexp(t, form, id)
		require.False(t, seen[id])
		seen[id] = true
		first[id[0]-'0']++
		for _, digit := range id[1:] {
			rest[digit-'0']++
		}
	}
	// Within four standard deviations: the remainder of a byte, taken without
	// care, is off by more.
	even := func(counts []int) {
		total := 0
		for _, c := range counts {
			total += c
		}
		mean := float64(total) / float64(len(counts))
		for digit, c := range counts {
			assert.InDelta(t, mean, c, 4*math.Sqrt(mean), "digit %d", digit)
		}
	}
	even(first[1:])
	even(rest[:])
}

func TestIsCheckID(t *testing.T) {
	assert.True(t, kyc.IsCheckID(kyc.NewCheckID()))
	assert.True(t, kyc.IsCheckID(checkID))
	for _, s := range []string{
		"", "1", checkID[1:], checkID + "1", "0" + checkID[1:], "a" + checkID[1:], checkID[:37] + "\n", checkID[:37] + ":",
		checkID[:35] + "１", "-" + checkID[1:], " " + checkID[1:],
	} {
		assert.False(t, kyc.IsCheckID(s), "%q", s)
	}
}

func TestNewCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		check, err := kyc.NewCheck(vendorName, wholeRequest())
		require.NoError(t, err)
		assert.Equal(t, &kyc.Check{
			Version: 1, ID: checkID, Provider: vendorName, Reference: "user-42",
			ReturnURL: "https://shop.example/back?a=b", StartedAt: time.Now().UTC(),
		}, check, "the hints are not kept")
		assert.NoError(t, check.Validate(vendorName))

		own, err := kyc.NewCheck(vendorName, &kyc.StartRequest{})
		require.NoError(t, err)
		assert.NoError(t, own.Validate(vendorName))
		assert.NotEqual(t, check.ID, own.ID)
	})
}

func TestCheckJSON(t *testing.T) {
	for name, check := range map[string]*kyc.Check{
		"whole":   wholeCheck(),
		"claimed": func() *kyc.Check { c := wholeCheck(); c.VendorIDClaimed = true; return c }(),
		"new":     func() *kyc.Check { c, _ := kyc.NewCheck(vendorName, &kyc.StartRequest{}); return c }(),
		"zero":    {},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := json.Marshal(check)
			require.NoError(t, err)
			var back kyc.Check
			require.NoError(t, json.Unmarshal(out, &back))
			assert.Equal(t, *check, back)
		})
	}

	claimed := wholeCheck()
	claimed.VendorIDClaimed = true
	out, err := json.Marshal(claimed)
	require.NoError(t, err)
	assert.JSONEq(t, `{
		"version": 1, "id": "31415926535897932384626433832795028841", "provider": "vendor",
		"reference": "user-42", "return_url": "https://shop.example/back",
		"vendor_id": "8f3c0c5e-5d0e-4a55-9b0e-0d2f0f8f6a11", "vendor_id_claimed": true, "url": "https://vendor.example/v/token?a=b#c",
		"started_at": "2026-06-15T09:30:00.123456789Z", "expires_at": "2026-06-22T09:30:00.123456789Z"
	}`, string(out), "what is stored today must be readable for ever")

	filled := secrettest.Fill(kyc.Check{}).(kyc.Check)
	out, err = json.Marshal(filled)
	require.NoError(t, err)
	var back kyc.Check
	require.NoError(t, json.Unmarshal(out, &back))
	assert.Equal(t, filled, back, "no field is forgotten")
}

func TestCheckValidate(t *testing.T) {
	require.NoError(t, wholeCheck().Validate(vendorName))
	long := strings.Repeat("a", 257)
	for name, tc := range map[string]struct {
		edit func(*kyc.Check)
		kind error
		says string
	}{
		"no version":         {func(c *kyc.Check) { c.Version = 0 }, kyc.ErrInvalidRequest, "Version"},
		"later version":      {func(c *kyc.Check) { c.Version = 2 }, kyc.ErrInvalidRequest, "Version"},
		"no id":              {func(c *kyc.Check) { c.ID = "" }, kyc.ErrInvalidRequest, "ID"},
		"cut id":             {func(c *kyc.Check) { c.ID = checkID[:37] }, kyc.ErrInvalidRequest, "ID"},
		"id with a sign":     {func(c *kyc.Check) { c.ID = "-" + checkID[1:] }, kyc.ErrInvalidRequest, "ID"},
		"no provider":        {func(c *kyc.Check) { c.Provider = "" }, kyc.ErrForeign, "Provider"},
		"other provider":     {func(c *kyc.Check) { c.Provider = "other" }, kyc.ErrForeign, "Provider"},
		"provider's case":    {func(c *kyc.Check) { c.Provider = "Vendor" }, kyc.ErrForeign, "Provider"},
		"long reference":     {func(c *kyc.Check) { c.Reference = long }, kyc.ErrInvalidRequest, "Reference"},
		"return to http":     {func(c *kyc.Check) { c.ReturnURL = "http://shop.example" }, kyc.ErrInvalidRequest, "ReturnURL"},
		"return to fragment": {func(c *kyc.Check) { c.ReturnURL = "https://shop.example/#" }, kyc.ErrInvalidRequest, "ReturnURL"},
		"vendor id dots":     {func(c *kyc.Check) { c.VendorID = ".." }, kyc.ErrInvalidRequest, "VendorID"},
		"vendor id dot":      {func(c *kyc.Check) { c.VendorID = "." }, kyc.ErrInvalidRequest, "VendorID"},
		"vendor id slash":    {func(c *kyc.Check) { c.VendorID = "a/../b" }, kyc.ErrInvalidRequest, "VendorID"},
		"vendor id backward": {func(c *kyc.Check) { c.VendorID = `a\b` }, kyc.ErrInvalidRequest, "VendorID"},
		"vendor id newline":  {func(c *kyc.Check) { c.VendorID = "a\n" }, kyc.ErrInvalidRequest, "VendorID"},
		"vendor id long":     {func(c *kyc.Check) { c.VendorID = long }, kyc.ErrInvalidRequest, "VendorID"},
		"claim of nothing":   {func(c *kyc.Check) { c.VendorID, c.VendorIDClaimed = "", true }, kyc.ErrInvalidRequest, "VendorIDClaimed"},
		"script as URL":      {func(c *kyc.Check) { c.URL = "javascript:alert(1)" }, kyc.ErrInvalidRequest, "URL"},
		"URL and no more": {func(c *kyc.Check) {
			*c = kyc.Check{Version: 1, ID: c.ID, Provider: c.Provider, URL: "http://vendor.example"}
		}, kyc.ErrInvalidRequest, "URL"},
		"URL over http":    {func(c *kyc.Check) { c.URL = "http://vendor.example" }, kyc.ErrInvalidRequest, "URL"},
		"never started":    {func(c *kyc.Check) { c.StartedAt = time.Time{} }, kyc.ErrInvalidRequest, "StartedAt"},
		"expires at start": {func(c *kyc.Check) { c.ExpiresAt = c.StartedAt }, kyc.ErrInvalidRequest, "ExpiresAt"},
		"expires before":   {func(c *kyc.Check) { c.ExpiresAt = c.StartedAt.Add(-1) }, kyc.ErrInvalidRequest, "ExpiresAt"},
	} {
		t.Run(name, func(t *testing.T) {
			check := wholeCheck()
			tc.edit(check)
			err := check.Validate(vendorName)
			require.ErrorIs(t, err, tc.kind)
			assert.Contains(t, err.Error(), "kyc: vendor: validate check: ")
			assert.Contains(t, err.Error(), ": "+tc.says+" ")
		})
	}

	var none *kyc.Check
	assert.ErrorIs(t, none.Validate(vendorName), kyc.ErrInvalidRequest)
	unnamed := wholeCheck()
	unnamed.Provider = ""
	assert.ErrorIs(t, unnamed.Validate(""), kyc.ErrForeign, "no name is nobody's name")
	bare := wholeCheck()
	bare.Reference, bare.ReturnURL, bare.VendorID, bare.URL, bare.ExpiresAt = "", "", "", "", time.Time{}
	assert.NoError(t, bare.Validate(vendorName))
}

func TestCheckApply(t *testing.T) {
	type vendor struct {
		id      string
		claimed bool
	}
	nothing, started, claimed := vendor{}, vendor{vendorID, false}, vendor{vendorID, true}
	for name, tc := range map[string]struct {
		has    vendor
		notice kyc.Notice
		want   vendor
		err    error
	}{
		"first claim":                {nothing, kyc.Notice{CheckID: checkID, VendorID: vendorID}, claimed, nil},
		"claim without check":        {nothing, kyc.Notice{VendorID: vendorID}, claimed, nil},
		"check alone":                {nothing, kyc.Notice{CheckID: checkID}, nothing, nil},
		"check alone, started":       {started, kyc.Notice{CheckID: checkID}, started, nil},
		"check alone, claimed":       {claimed, kyc.Notice{CheckID: checkID}, claimed, nil},
		"same as started":            {started, kyc.Notice{CheckID: checkID, VendorID: vendorID}, started, nil},
		"same as claimed":            {claimed, kyc.Notice{VendorID: vendorID}, claimed, nil},
		"second claim":               {claimed, kyc.Notice{CheckID: checkID, VendorID: otherID}, vendor{otherID, true}, nil},
		"other than started":         {started, kyc.Notice{CheckID: checkID, VendorID: otherID}, vendor{}, kyc.ErrForeign},
		"other without check":        {started, kyc.Notice{VendorID: otherID}, vendor{}, kyc.ErrForeign},
		"other in case":              {started, kyc.Notice{VendorID: strings.ToUpper(vendorID)}, vendor{}, kyc.ErrForeign},
		"other check":                {nothing, kyc.Notice{CheckID: otherCheckID}, vendor{}, kyc.ErrForeign},
		"other check, same vendor's": {started, kyc.Notice{CheckID: otherCheckID, VendorID: vendorID}, vendor{}, kyc.ErrForeign},
		"cut check":                  {nothing, kyc.Notice{CheckID: checkID[:37], VendorID: vendorID}, vendor{}, kyc.ErrForeign},
		"nothing named":              {started, kyc.Notice{}, vendor{}, kyc.ErrInvalidNotice},
		"vendor id is a path":        {nothing, kyc.Notice{VendorID: "../payments/1"}, vendor{}, kyc.ErrInvalidNotice},
		"vendor id is dots":          {claimed, kyc.Notice{VendorID: ".."}, vendor{}, kyc.ErrInvalidNotice},
		"vendor id with newline":     {nothing, kyc.Notice{CheckID: checkID, VendorID: "imp_1\nx"}, vendor{}, kyc.ErrInvalidNotice},
		"vendor id too long":         {nothing, kyc.Notice{VendorID: strings.Repeat("a", 257)}, vendor{}, kyc.ErrInvalidNotice},
		"vendor id not UTF-8":        {nothing, kyc.Notice{VendorID: "imp_\xff"}, vendor{}, kyc.ErrInvalidNotice},
	} {
		t.Run(name, func(t *testing.T) {
			check := wholeCheck()
			check.VendorID, check.VendorIDClaimed = tc.has.id, tc.has.claimed
			before := *check
			applied, err := check.Apply(&tc.notice)
			assert.Equal(t, before, *check, "the check itself stays as it is")
			if tc.err != nil {
				require.ErrorIs(t, err, tc.err)
				assert.Nil(t, applied)
				assert.Contains(t, err.Error(), "kyc: vendor: apply notice: ")
				return
			}
			require.NoError(t, err)
			require.NotSame(t, check, applied)
			want := before
			want.VendorID, want.VendorIDClaimed = tc.want.id, tc.want.claimed
			assert.Equal(t, want, *applied)
			assert.NoError(t, applied.Validate(vendorName))
		})
	}

	var none *kyc.Check
	_, err := none.Apply(&kyc.Notice{CheckID: checkID})
	assert.ErrorIs(t, err, kyc.ErrInvalidRequest)
	_, err = wholeCheck().Apply(nil)
	assert.ErrorIs(t, err, kyc.ErrInvalidRequest)
	_, err = new(kyc.Check).Apply(&kyc.Notice{})
	assert.ErrorIs(t, err, kyc.ErrInvalidNotice, "nothing does not match nothing")
}

func FuzzCheckJSON(f *testing.F) {
	whole, err := json.Marshal(wholeCheck())
	require.NoError(f, err)
	f.Add(whole, checkID, vendorID)
	f.Add(whole, checkID, otherID)
	f.Add(whole, otherCheckID, vendorID)
	f.Add([]byte(`{"version":1,"id":"`+checkID+`","provider":"vendor","started_at":"2026-06-15T09:30:00+09:00"}`), "", "imp_1")
	f.Add([]byte(`{}`), "", "")
	f.Add([]byte(`{"ID":"a","id":"b","url":"https://\u0000"}`), "b", "..")
	f.Fuzz(func(t *testing.T, data []byte, noticeCheck, noticeVendor string) {
		var check kyc.Check
		if json.Unmarshal(data, &check) != nil {
			return
		}
		out, err := json.Marshal(check)
		require.NoError(t, err)
		var back kyc.Check
		require.NoError(t, json.Unmarshal(out, &back))
		again, err := json.Marshal(back)
		require.NoError(t, err)
		require.Equal(t, string(out), string(again))
		assert.Equal(t, "kyc.Check[redacted]", fmt.Sprintf("%+v", check))

		valid := check.Validate(vendorName)
		assert.Equal(t, valid == nil, back.Validate(vendorName) == nil)
		applied, err := check.Apply(&kyc.Notice{CheckID: noticeCheck, VendorID: noticeVendor})
		if err != nil {
			assert.Nil(t, applied)
			return
		}
		assert.Equal(t, check.ID, applied.ID)
		if noticeCheck != "" {
			assert.Equal(t, check.ID, noticeCheck)
		}
		if !check.VendorIDClaimed && check.VendorID != "" {
			assert.Equal(t, check.VendorID, applied.VendorID, "what Start set stays")
		}
		if valid == nil {
			assert.NoError(t, applied.Validate(vendorName))
		}
	})
}
