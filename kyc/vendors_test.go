package kyc_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// vendors verify a person through one vendor each, from a new check to its
// result. Of the person each vendor tells what it has.
var vendors = map[string]func(t *testing.T, person kyc.Person) *kyc.Result{
	"iamport": byIamport,
	"tomoidv": byTomoIDV,
	"veriff":  byVeriff,
}

func byIamport(t *testing.T, person kyc.Person) *kyc.Result {
	t.Helper()
	srv := iamporttest.NewServer(t, iamporttest.WithoutListener(), iamporttest.WithPhone(), iamporttest.WithMID(iamporttest.InicisUnified, "MIIiasTest"))
	client, err := iamport.NewClient(srv.APIKey, srv.APISecret, iamport.WithBaseURL(srv.URL), iamport.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	provider, err := iamportkyc.New(client, iamportkyc.Config{UserCode: srv.UserCode, PG: "inicis_unified.MIIiasTest", AllowTestMerchant: true})
	require.NoError(t, err)
	check, err := provider.Start(t.Context(), &kyc.StartRequest{ReturnURL: "https://shop.example/back"})
	require.NoError(t, err)
	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: check.ID, Gateway: iamporttest.InicisUnified}, iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01"})
	require.NoError(t, err)
	require.NoError(t, srv.ForceCertification(impUID, map[string]any{
		"name": person.FullName, "birthday": person.BirthDate, "birth": nil, "gender": person.Gender, "phone": person.Contact.Phone,
		"unique_in_site": "DI==",
	}))
	check, err = check.Apply(&kyc.Notice{VendorID: impUID})
	require.NoError(t, err)
	return approvedBy(t, provider, check)
}

func byTomoIDV(t *testing.T, person kyc.Person) *kyc.Result {
	t.Helper()
	srv := tomoidvtest.NewServer(t, tomoidvtest.WithoutListener())
	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, tomoidv.WithBaseURL(srv.URL), tomoidv.WithContractVersion("1.4"),
		tomoidv.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	provider, err := tomoidvkyc.New(client, tomoidvkyc.Config{
		Country: "jp", Policy: tomoidv.GovernmentID(tomoidv.IDTypeIDCard, tomoidv.OwnerVerified(tomoidv.OwnerTypeDocumentSecret)),
		Environment: kyc.EnvironmentTest, ClientID: "client-1",
	})
	require.NoError(t, err)
	check, err := provider.Start(t.Context(), &kyc.StartRequest{})
	require.NoError(t, err)
	require.NoError(t, srv.Pass(check.ID, tomoidvtest.Person{FullName: "佐藤花子", DateOfBirth: "1991-05-06"}))
	where := map[string]any{
		"full": person.Address.Full, "street": person.Address.Street, "city": person.Address.City, "region": person.Address.Region,
		"postal_code": person.Address.PostalCode, "country": person.Address.Country,
	}
	require.NoError(t, srv.ForceResult(check.ID, map[string]any{
		"result": map[string]any{"full_name": person.FullName, "date_of_birth": person.BirthDate},
		"kyc": map[string]any{
			"person": map[string]any{
				"full_name": person.FullName, "given_name": person.GivenName, "family_name": person.FamilyName, "date_of_birth": person.BirthDate,
				"sex": person.Gender, "nationality": person.Nationality, "government_id": map[string]any{"value": person.IDNumber},
			},
			"address": where, "contact": map[string]any{"phone_number": person.Contact.Phone},
			"document": map[string]any{"category": "passport", "number": "M12345678", "issuing_country": "kr", "expiration_date": "2030-01-01"},
		},
	}))
	return approvedBy(t, provider, check)
}

func byVeriff(t *testing.T, person kyc.Person) *kyc.Result {
	t.Helper()
	srv := verifftest.NewServer(t, verifftest.WithoutListener())
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL), veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	provider, err := veriffkyc.New(client, veriffkyc.Config{Environment: kyc.EnvironmentTest})
	require.NoError(t, err)
	check, err := provider.Start(t.Context(), &kyc.StartRequest{})
	require.NoError(t, err)
	gender := map[kyc.Gender]string{kyc.GenderFemale: "F", kyc.GenderMale: "M"}[person.Gender]
	require.NoError(t, srv.ForceDecision(check.VendorID, map[string]any{
		"person": map[string]any{
			"fullName": person.FullName, "firstName": person.GivenName, "lastName": person.FamilyName, "dateOfBirth": person.BirthDate,
			"gender": gender, "nationality": person.Nationality, "idNumber": person.IDNumber,
			"addresses": []any{map[string]any{"fullAddress": person.Address.Full, "parsedAddress": map[string]any{
				"street": person.Address.Street, "city": person.Address.City, "state": person.Address.Region,
				"postcode": person.Address.PostalCode, "country": person.Address.Country,
			}}},
		},
		"document": map[string]any{"type": "PASSPORT", "number": "M12345678", "country": "KR", "validUntil": "2030-01-01"},
	}))
	return approvedBy(t, provider, check)
}

func approvedBy(t *testing.T, provider kyc.Provider, check *kyc.Check) *kyc.Result {
	t.Helper()
	result, err := provider.Result(t.Context(), check)
	require.NoError(t, err)
	require.Equal(t, kyc.StatusApproved, result.Status, result.Reason)
	return result
}

// One person is the same person, as far as each vendor knows them.
func TestOnePersonInOneShape(t *testing.T) {
	known := kyc.Person{
		FullName: "홍미래", GivenName: "미래", FamilyName: "홍", BirthDate: "1990-03-01", Gender: kyc.GenderFemale,
		Nationality: "KR", IDNumber: "900301-2000000",
		Address: kyc.Address{
			Full: "부산광역시 해운대구 본보기로 7", Street: "본보기로 7", City: "해운대구", Region: "부산광역시", PostalCode: "48094", Country: "KR",
		},
		Contact: kyc.Contact{Phone: "01000000000"},
	}
	passport := kyc.Document{Type: kyc.DocumentPassport, Number: "M12345678", Country: "KR", ValidUntil: "2030-01-01"}
	withoutContact := known
	withoutContact.Contact = kyc.Contact{}
	for name, want := range map[string]struct {
		person   kyc.Person
		document kyc.Document
	}{
		"iamport": {kyc.Person{FullName: "홍미래", BirthDate: "1990-03-01", Gender: kyc.GenderFemale, Contact: known.Contact}, kyc.Document{}},
		"tomoidv": {known, passport},
		"veriff":  {withoutContact, passport},
	} {
		t.Run(name, func(t *testing.T) {
			result := vendors[name](t, known)
			assert.Equal(t, want.person, result.Person)
			assert.Equal(t, want.document, result.Document)
		})
	}
}

// A name is what a vendor sent, byte for byte: nothing is normalised, cut into
// parts, put together or turned round.
func TestNamesAreKeptAsSent(t *testing.T) {
	for script, full := range map[string]string{
		"Hangul":             "홍미래",
		"Hangul, decomposed": "\u1112\u1169\u11bc\u1106\u1175\u1105\u1162",
		"Hangul, spaced":     "황보 미래",
		"Hangul and Han":     "홍미래(洪美來)",
		"Latin":              "Mirae HONG",
		"Latin, reversed":    "HONG, Mirae",
		"Latin and Hangul":   "Hong 미래 Grace",
		"marks":              "Zoë O’Neill-García y Łuczak",
		"marks, decomposed":  "Zoe\u0308",
		"full width":         "ＨＯＮＧ　ＭＩＲＡＥ",
		"Japanese":           "佐藤　花子",
		"half-width kana":    "ｻﾄｳ ﾊﾅｺ",
		"right to left":      "محمد بن سلمان",
		"outside the plane":  "𠮷野家",
		"one letter":         "M",
		"spaces around":      " Mirae  Hong ",
		"quotes":             `Mirae "Mimi" <Hong> & Söhne\`,
	} {
		for name, verify := range vendors {
			t.Run(name+", "+script, func(t *testing.T) {
				result := verify(t, kyc.Person{FullName: full, BirthDate: "1990-03-01"})
				assert.Equal(t, kyc.Person{FullName: full, BirthDate: "1990-03-01"}, result.Person)
				assert.Equal(t, full, stored(t, result).Person.FullName)
				if name == "iamport" {
					return // it knows one name
				}
				result = verify(t, kyc.Person{GivenName: full, FamilyName: full + full, BirthDate: "1990-03-01"})
				assert.Equal(t, kyc.Person{GivenName: full, FamilyName: full + full, BirthDate: "1990-03-01"}, result.Person)
			})
		}
	}
}

// stored is the result once it was read back.
func stored(t *testing.T, result *kyc.Result) *kyc.Result {
	t.Helper()
	text, err := json.Marshal(result)
	require.NoError(t, err)
	var read kyc.Result
	require.NoError(t, json.Unmarshal(text, &read))
	return &read
}

func TestKeysByVendor(t *testing.T) {
	for name, want := range map[string][]kyc.Key{
		"iamport": {{Kind: kyc.KeyCI}, {Kind: kyc.KeyDI, Scope: "inicis_unified/inicis_unified.MIIiasTest"}},
		"tomoidv": {{Kind: kyc.KeyPPID, Scope: "client-1/test"}},
		"veriff":  nil,
	} {
		t.Run(name, func(t *testing.T) {
			var got []kyc.Key
			for _, key := range vendors[name](t, kyc.Person{FullName: "홍미래", BirthDate: "1990-03-01"}).Keys {
				assert.NotEmpty(t, key.Value)
				key.Value = ""
				got = append(got, key)
			}
			assert.Equal(t, want, got)
		})
	}
}

// What an auditor asks is answered alike, and neither the vendor's value nor
// its bytes are stored.
func TestEvidenceByVendor(t *testing.T) {
	signatures := map[string]kyc.Signature{"iamport": kyc.SignatureNone, "tomoidv": kyc.SignatureNone, "veriff": kyc.SignatureValid}
	for name, verify := range vendors {
		t.Run(name, func(t *testing.T) {
			before := time.Now()
			result := verify(t, kyc.Person{FullName: "홍미래", BirthDate: "1990-03-01"})
			raw := rawOf(t, result)
			hash := sha256.Sum256(raw)
			assert.WithinRange(t, result.Evidence.FetchedAt, before.Truncate(0), time.Now())
			assert.Equal(t, kyc.Evidence{
				FetchedAt: result.Evidence.FetchedAt, SHA256: hex.EncodeToString(hash[:]),
				Signature: signatures[name], Environment: kyc.EnvironmentTest,
			}, result.Evidence)
			read := stored(t, result)
			assert.Nil(t, read.Vendor)
			result.Vendor = nil
			assert.Equal(t, result, read)
			text, err := json.Marshal(result)
			require.NoError(t, err)
			assert.NotContains(t, string(text), "Vendor\"")
		})
	}
}

// rawOf is the body that the result was made from, as the vendor's value has
// it.
func rawOf(t *testing.T, result *kyc.Result) []byte {
	t.Helper()
	var raw []byte
	switch vendor := result.Vendor.(type) {
	case *iamport.Certification:
		raw = vendor.Meta().Raw()
	case *tomoidv.Result:
		raw = vendor.Meta().Raw()
	case *veriff.Decision:
		raw = vendor.Meta().Raw()
	}
	require.NotEmpty(t, raw)
	return raw
}
