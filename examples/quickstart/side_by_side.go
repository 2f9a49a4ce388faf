package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

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

// A counter is where a vendor is met by way of package kyc: its provider, and
// the person who goes through its pages.
type counter struct {
	provider kyc.Provider
	pass     func(check *kyc.Check) (*kyc.Notice, error) // no Notice where nothing that comes back names a check
	close    func()
}

// A counterOf a vendor can be opened. One that opens by half, with an error, is
// closed too.
type counterOf struct {
	vendor string // in words
	open   func() (*counter, error)
}

// counters are those of all vendors. Nothing but the three functions knows which
// vendor it deals with.
func counters() []counterOf {
	return []counterOf{{"Veriff", openVeriff}, {"Iamport", openIamport}, {"TomoIDV", openTomoIDV}}
}

func openVeriff() (*counter, error) {
	fake, err := verifftest.Start(verifftest.WithSessionDeletion())
	if err != nil {
		return nil, err
	}
	client, err1 := veriff.NewClient(fake.APIKey, fake.Secret, veriff.WithBaseURL(fake.URL))
	verifier, err2 := veriff.NewVerifier(fake.APIKey, fake.Secret)
	provider, err3 := veriffkyc.New(client, veriffkyc.Config{Verifier: verifier, MinimumAge: minimumAge})
	return &counter{
		provider: provider, close: fake.Close,
		pass: func(check *kyc.Check) (*kyc.Notice, error) {
			person := verifftest.Person{
				FirstName: "미래", LastName: "홍", DateOfBirth: birthday(36), Gender: "F",
				Document: verifftest.Document{Type: "ID_CARD", Number: "M12345678", Country: "KR"},
			}
			if err := errors.Join(fake.Submit(check.VendorID), fake.Approve(check.VendorID, person)); err != nil {
				return nil, err
			}
			webhooks := fake.Webhooks()
			last := webhooks[len(webhooks)-1]
			return provider.ParseWebhook(last.Header, last.Body)
		},
	}, errors.Join(err1, err2, err3)
}

func openIamport() (*counter, error) {
	fake, err := iamporttest.Start()
	if err != nil {
		return nil, err
	}
	client, err1 := iamport.NewClient(fake.APIKey, fake.APISecret, iamport.WithBaseURL(fake.URL))
	provider, err2 := iamportkyc.New(client, iamportkyc.Config{
		UserCode: fake.UserCode, ChannelKey: fake.ChannelKey, MinimumAge: minimumAge,
	})
	return &counter{
		provider: provider, close: fake.Close,
		pass: func(check *kyc.Check) (*kyc.Notice, error) {
			person := iamporttest.Person{Name: "홍미래", Birthday: birthday(36), Gender: "female"}
			impUID, err := fake.Certify(iamporttest.Attempt{MerchantUID: check.ID, RedirectURL: check.ReturnURL}, person)
			if err != nil {
				return nil, err
			}
			address, err := fake.ReturnURL(impUID)
			if err != nil {
				return nil, err
			}
			back, err := http.NewRequest(http.MethodGet, address, nil)
			if err != nil {
				return nil, err
			}
			return provider.ParseReturn(back)
		},
	}, errors.Join(err1, err2)
}

func openTomoIDV() (*counter, error) {
	fake, err := tomoidvtest.Start()
	if err != nil {
		return nil, err
	}
	client, err1 := tomoidv.NewClient(fake.ClientID, fake.SecretKey, tomoidv.WithBaseURL(fake.URL), tomoidv.WithContractVersion("1.4"))
	provider, err2 := tomoidvkyc.New(client, tomoidvkyc.Config{
		Country: "jp", Policy: tomoidv.GovernmentID(tomoidv.IDTypeIDCard, tomoidv.OwnerVerified(tomoidv.OwnerTypeDocumentSecret)),
		MinimumAge: minimumAge, Environment: kyc.EnvironmentTest, ClientID: fake.ClientID,
	})
	return &counter{
		provider: provider, close: fake.Close,
		pass: func(check *kyc.Check) (*kyc.Notice, error) {
			return nil, fake.Pass(check.ID, tomoidvtest.Person{
				FullName: "홍미래", GivenName: "미래", FamilyName: "홍", DateOfBirth: birthday(36), Sex: "F",
				Document: tomoidvtest.Document{Category: "id_card", Number: "J12345678", IssuingCountry: "JP"},
			})
		},
	}, errors.Join(err1, err2)
}

// demonstrateAny takes the same person through the same steps with each vendor,
// and leaves a column for each in the table at the end.
func demonstrateAny(ctx context.Context, r *report, counters []counterOf) {
	pepper := make([]byte, kyc.MinPepper)
	_, _ = rand.Read(pepper) // never fails
	for i, at := range counters {
		column := r.row(at.vendor)
		if i == 0 {
			r.begin(&column.portable, "Any vendor: the same person and the same steps, by package kyc")
		}
		r.part = &column.portable
		if err := serve(ctx, r, column, at.open, pepper); err != nil {
			r.failed(at.vendor+", the rest", err)
		}
	}
}

// serve is one check from its start until the vendor has forgotten it. An error
// is the demonstration's own.
func serve(ctx context.Context, r *report, column *row, open func() (*counter, error), pepper []byte) error {
	at, err := open()
	if at != nil {
		defer at.close()
	}
	if err != nil {
		return err
	}
	start := &kyc.StartRequest{Reference: "account-72", ReturnURL: "https://shop.example/back"}
	check, err := at.provider.Start(ctx, start)
	if err != nil {
		return err
	}
	stored, err := json.Marshal(check) // before the person gets to see a page
	if err != nil {
		return err
	}
	column.tell("Check", check.ID[:8]+"...")
	if check.URL != "" {
		column.tell("Begins", "at the vendor's URL")
	} else {
		column.tell("Begins", "in the application's page")
	}
	r.expect(column.vendor+", before anyone has come", kyc.StatusPending.String(), kycResult(ctx, at.provider, check))

	notice, err := at.pass(check)
	if err != nil {
		return err
	}
	check = new(kyc.Check) // perhaps in another process
	if err := json.Unmarshal(stored, check); err != nil {
		return err
	}
	if notice != nil {
		if check, err = check.Apply(notice); err != nil {
			return err
		}
	}
	result, err := at.provider.Result(ctx, check)
	if err != nil {
		return err
	}
	r.expect("  when the person has passed", kyc.StatusApproved.String(), result.Status.String())
	if err := column.tellResult(result, pepper); err != nil {
		return err
	}

	// Somebody else shows what names this person's check at the vendor.
	other, err := at.provider.Start(ctx, start)
	if err != nil {
		return err
	}
	other.VendorID = check.VendorID
	if other.VendorID == "" && len(result.Keys) > 0 {
		other.VendorID = result.Keys[0].Value
	}
	_, err = at.provider.Result(ctx, other)
	r.refused("  for somebody else's check", errForeignCheck, err)

	erased, err := kyc.Erase(ctx, at.provider, check)
	if err != nil {
		return err
	}
	column.tell("Erased", string(erased))
	r.expect("  when told to forget the person", string(kyc.ErasureDeleted), string(erased))
	return nil
}

// tellResult puts what the application knows now into the vendor's column.
// What would name the person for good is there as the digest that goes into an
// index.
func (c *row) tellResult(result *kyc.Result, pepper []byte) error {
	person, document := result.Person, result.Document
	c.tell("Status", result.Status.String())
	c.tell("In its words", vendorWords(result))
	c.tell("Name", cmp.Or(person.FullName, strings.TrimSpace(person.FamilyName+", "+person.GivenName)))
	if years, known := person.BirthDate.AgeAt(time.Now()); known {
		c.tell("Born", fmt.Sprintf("%s, %d years old", person.BirthDate, years))
	}
	c.tell("Gender", string(person.Gender))
	c.tell("Document", strings.TrimSpace(strings.ReplaceAll(string(document.Type), "_", " ")+" "+document.Country))
	var keys, findings []string
	for _, key := range result.Keys {
		digest, err := key.Digest(pepper)
		if err != nil {
			return err
		}
		keys = append(keys, fmt.Sprintf("%s %.8s", key.Kind, digest))
	}
	for _, finding := range result.Findings {
		if finding.Outcome != kyc.OutcomeNotPerformed {
			findings = append(findings, fmt.Sprintf("%s %s", strings.ReplaceAll(string(finding.Kind), "_", " "), finding.Outcome))
		}
	}
	c.tell("Keys, digested", strings.Join(keys, ", "))
	c.tell("Findings", strings.Join(findings, ", "))
	if !result.DecidedAt.IsZero() {
		c.tell("Decided (UTC)", result.DecidedAt.UTC().Format("2006-01-02 15:04:05"))
	}
	c.tell("Evidence", fmt.Sprintf("signature %s, %.8s", result.Evidence.Signature, result.Evidence.SHA256))
	c.tell("Environment", string(result.Evidence.Environment))
	return nil
}
