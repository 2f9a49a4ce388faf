package kyc_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

func wholeRequest() *kyc.StartRequest {
	return &kyc.StartRequest{
		CheckID:   checkID,
		Reference: "user-42",
		ReturnURL: "https://shop.example/back?a=b",
		Hints: kyc.Hints{
			FullName: "홍미래", GivenName: "Mirae", FamilyName: "Hong", BirthDate: "1990-03-01",
			Email: "mirae@mail.example", Phone: "+82 10-0000-0000", Country: "KR",
			DocumentType: kyc.DocumentPassport, Language: "ko-KR",
		},
	}
}

func TestStartRequestValid(t *testing.T) {
	require.NoError(t, wholeRequest().Validate())
	require.NoError(t, new(kyc.StartRequest).Validate(), "everything is optional")

	for name, set := range map[string]func(*kyc.StartRequest){
		"reference in Hangul": func(r *kyc.StartRequest) { r.Reference = "계정 42" },
		"longest reference":   func(r *kyc.StartRequest) { r.Reference = strings.Repeat("a", 256) },
		"localhost":           func(r *kyc.StartRequest) { r.ReturnURL = "http://localhost:8080/back" },
		"loopback IPv4":       func(r *kyc.StartRequest) { r.ReturnURL = "http://127.0.0.1/back" },
		"loopback IPv6":       func(r *kyc.StartRequest) { r.ReturnURL = "http://[::1]:8080/back" },
		"upper-case scheme":   func(r *kyc.StartRequest) { r.ReturnURL = "HTTPS://shop.example" },
		"mixed name":          func(r *kyc.StartRequest) { r.Hints.FullName = "Hong 미래 O'Neil-García" },
		"leap day":            func(r *kyc.StartRequest) { r.Hints.BirthDate = "2004-02-29" },
		"phone as digits":     func(r *kyc.StartRequest) { r.Hints.Phone = "01000000000" },
		"longest phone":       func(r *kyc.StartRequest) { r.Hints.Phone = strings.Repeat("1", 256) },
		"country A to Z":      func(r *kyc.StartRequest) { r.Hints.Country = "AZ" },
		"language by parts":   func(r *kyc.StartRequest) { r.Hints.Language = "x-a-12345678" },
		"language alone":      func(r *kyc.StartRequest) { r.Hints.Language = "ko" },
		"language and script": func(r *kyc.StartRequest) { r.Hints.Language = "zh-Hant-TW" },
	} {
		t.Run(name, func(t *testing.T) {
			req := wholeRequest()
			set(req)
			assert.NoError(t, req.Validate())
		})
	}
}

func TestStartRequestInvalid(t *testing.T) {
	set := func(get func(*kyc.StartRequest) *string) func(*kyc.StartRequest, string) {
		return func(r *kyc.StartRequest, s string) { *get(r) = s }
	}
	text := []string{strings.Repeat("a", 257), "a\nb", "a\x00b", "a\x7f", "a\u0085", "a\xff"}
	for field, tc := range map[string]struct {
		set func(*kyc.StartRequest, string)
		bad []string
	}{
		"CheckID": {set(func(r *kyc.StartRequest) *string { return &r.CheckID }), []string{
			" ", "1", checkID[1:], checkID + "1", "0" + checkID[1:], "a" + checkID[1:], checkID[:37] + "\n",
			checkID[:37] + "/", checkID[:37] + ":", checkID[:35] + "１", "+" + checkID[1:],
		}},
		"Reference":        {set(func(r *kyc.StartRequest) *string { return &r.Reference }), text},
		"Hints.FullName":   {set(func(r *kyc.StartRequest) *string { return &r.Hints.FullName }), text},
		"Hints.GivenName":  {set(func(r *kyc.StartRequest) *string { return &r.Hints.GivenName }), text},
		"Hints.FamilyName": {set(func(r *kyc.StartRequest) *string { return &r.Hints.FamilyName }), text},
		"ReturnURL": {set(func(r *kyc.StartRequest) *string { return &r.ReturnURL }), []string{
			"http://shop.example", "http://127.0.0.1.example/", "http://localhost.example/", "http://10.0.0.1/",
			"//shop.example/back", "/back", "back", "https:", "https://", "https:///back", "https://:8080/back", "https:shop.example",
			"https://user@shop.example/", "https://user:pass@shop.example/", "https://shop.example/#done", "https://shop.example/#",
			"https://shop.example/a b", " https://shop.example", "https://shop.example\n", "https://shop.example/\u00a0", "https://shop.example/\xff",
			"https://shop.example:port/", "https://shop.example/%zz", "https://[::1", "ftp://shop.example", "javascript:alert(1)", "shopapp://back",
		}},
		"Hints.BirthDate": {func(r *kyc.StartRequest, s string) { r.Hints.BirthDate = kyc.Date(s) }, []string{
			"1990", "1990-03", "1990-02-29", "19900301",
		}},
		"Hints.Email": {set(func(r *kyc.StartRequest) *string { return &r.Hints.Email }), []string{
			"mirae", "mirae@", "Mirae <mirae@mail.example>", "<mirae@mail.example>", " mirae@mail.example", "a@b.example, c@d.example",
			"mirae@mail.example\nBcc: x@y.example", strings.Repeat("a", 250) + "@b.example",
		}},
		"Hints.Phone": {set(func(r *kyc.StartRequest) *string { return &r.Hints.Phone }), []string{
			"+", "()", "one", "010-0000-0000\n", "010;ext=1", "０１０", strings.Repeat("1", 257),
		}},
		"Hints.Country": {set(func(r *kyc.StartRequest) *string { return &r.Hints.Country }), []string{
			"K", "kr", "Kr", "kR", "KOR", "K1", "한", "KR ",
		}},
		"Hints.DocumentType": {func(r *kyc.StartRequest, s string) { r.Hints.DocumentType = kyc.DocumentType(s) }, []string{
			"PASSPORT", "library_card",
		}},
		"Hints.Language": {set(func(r *kyc.StartRequest) *string { return &r.Hints.Language }), []string{
			"ko_KR", "-", "ko-", "-ko", "한", "ko ", "abcdefghi",
		}},
	} {
		for _, bad := range tc.bad {
			t.Run(field+" "+bad, func(t *testing.T) {
				req := wholeRequest()
				tc.set(req, bad)
				err := req.Validate()
				require.ErrorIs(t, err, kyc.ErrInvalidRequest)
				assert.Contains(t, err.Error(), "kyc: start: invalid request: "+field+" must ")
				if len(bad) > 4 {
					assert.NotContains(t, err.Error(), bad, "the value may be personal")
				}

				alone := new(kyc.StartRequest)
				tc.set(alone, bad)
				assert.EqualError(t, alone.Validate(), err.Error(), "whatever the other fields are")

				check, err := kyc.NewCheck(vendorName, req)
				assert.Nil(t, check)
				assert.ErrorIs(t, err, kyc.ErrInvalidRequest)
			})
		}
	}
}

func TestStartRequestNil(t *testing.T) {
	var req *kyc.StartRequest
	assert.ErrorIs(t, req.Validate(), kyc.ErrInvalidRequest)
	_, err := kyc.NewCheck(vendorName, nil)
	assert.ErrorIs(t, err, kyc.ErrInvalidRequest)
	_, err = kyc.NewCheck("", &kyc.StartRequest{})
	assert.ErrorIs(t, err, kyc.ErrInvalidRequest)
}
