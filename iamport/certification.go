package iamport

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Certification is what a gateway found out about a person, or the record of
// an attempt at it: one exists as soon as a window opened or a code was
// requested, and stays when the person fails or leaves. Only Certified says
// that somebody was certified, and only [Expectation] says whether it was this
// person, now. Fields that Iamport left out or sent as null are zero.
//
// Source: GET /certifications/{imp_uid}; documents 000 and 001.
type Certification struct {
	// ImpUID is Iamport's id of the attempt: "imp_" and digits.
	ImpUID string `json:"imp_uid"`
	// MerchantUID is the application's id of the attempt, as the page or
	// RequestOTP sent it; a random one of Iamport's if they sent none.
	MerchantUID string `json:"merchant_uid,omitzero"`
	// PGTID is the gateway's own id, "" until it is done.
	PGTID string `json:"pg_tid,omitzero"`
	// PGProvider is the gateway.
	PGProvider Gateway `json:"pg_provider,omitzero"`

	// Name is the person's real name.
	Name string `json:"name,omitzero"`
	// Gender is "" where the gateway does not tell. With Naver's and Kakao's
	// certificates the person types it, and nobody checks.
	Gender Gender `json:"gender,omitzero"`
	// Birth is midnight in Seoul of the birth date, negative before 1970, and 0
	// when it is not known. Birthday is the same as YYYY-MM-DD, and missing in
	// older answers, as Birth may be in newer ones. Use BirthDate.
	Birth    UnixTime `json:"birth,omitzero"`
	Birthday Date     `json:"birthday,omitzero"`
	// Foreigner is false for Koreans, and for everybody unless the contract
	// with Danal tells foreigners apart. ForeignerV2 says which of the two:
	// Unsaid is not known. Use ForeignerV2.
	Foreigner   bool     `json:"foreigner"`
	ForeignerV2 Tristate `json:"foreigner_v2,omitzero"`
	// Phone (digits only) and Carrier come only with the carriers' approval,
	// and never with a card; GatewayInicisUnified has no Carrier.
	Phone   string  `json:"phone,omitzero"`
	Carrier Carrier `json:"carrier,omitzero"`

	// Certified tells whether the person was certified.
	Certified bool `json:"certified"`
	// CertifiedAt is when, 0 if not.
	CertifiedAt UnixTime `json:"certified_at"`
	// UniqueKey is the CI: up to 88 characters that are the same for one person
	// with every gateway, carrier, phone number and card, and lead back to
	// nobody. It can be "" for a certified person: GatewayInicisUnified needs a
	// contract for it. Use CI, or have an Expectation want it. (Document 001
	// ties it to the mobile number; it is the person's.)
	UniqueKey string `json:"unique_key,omitzero"`
	// UniqueInSite is the DI: like the CI, but the same only within one
	// merchant account (MID) of one gateway, so that another gateway or a new
	// contract gives the same person another one. GatewayInicisUnified has
	// none. Up to 64 characters; other pages say 66 bytes. Use DI.
	UniqueInSite string `json:"unique_in_site,omitzero"`
	// Origin is the page that started it: a URL, "about:blank", or a long data
	// URL from mobile SDKs.
	Origin string `json:"origin,omitzero"`

	meta Meta
}

// Meta tells how the certification reached this program.
func (c *Certification) Meta() Meta { return c.meta }

// CI returns UniqueKey without white space around it, and whether there is one:
// "null" and "undefined" are none. What stands for no CI must never be a key to
// an account: it would be the same for all who have none.
func (c *Certification) CI() (ci string, ok bool) { return key(c.UniqueKey) }

// DI returns UniqueInSite, and whether there is one, as CI does with UniqueKey.
func (c *Certification) DI() (di string, ok bool) { return key(c.UniqueInSite) }

func key(text string) (trimmed string, ok bool) {
	trimmed = strings.TrimSpace(text)
	if saysNothing(trimmed) {
		return "", false
	}
	return trimmed, true
}

// TestMerchant tells whether the gateway's transaction id names KG Inicis'
// public test account (MIIiasTest), which is all that tells such a
// certification from a real one. A channel with it that was left enabled can
// be chosen by whoever edits the page.
func (c *Certification) TestMerchant() bool { return strings.Contains(c.PGTID, testMID) }

const testMID = "MIIiasTest"

// Certification asks for a certification. That somebody knows its id proves
// nothing, since ids come from the browser: admit nobody without an
// [Expectation], which [Client.VerifyCertification] checks as well.
//
// Source: GET /certifications/{imp_uid}.
func (c *Client) Certification(ctx context.Context, impUID string) (*Certification, error) {
	return c.certification(ctx, "Certification", impUID)
}

func (c *Client) certification(ctx context.Context, op, impUID string) (*Certification, error) {
	return c.one(ctx, impUID, &transport.Call{
		Op: op, Method: http.MethodGet, Route: "/certifications/{imp_uid}", Repeatable: true,
	})
}

// DeleteCertification erases a certification at Iamport and returns what was
// erased. Nothing can be asked about it afterwards.
//
// It is sent again when no answer came, and may then find its own work done: an
// error that is [ErrNotFound] with Attempts over 1 most likely means that an
// earlier attempt erased it.
//
// Source: DELETE /certifications/{imp_uid}.
func (c *Client) DeleteCertification(ctx context.Context, impUID string) (*Certification, error) {
	return c.one(ctx, impUID, &transport.Call{
		Op: "DeleteCertification", Method: http.MethodDelete, Route: "/certifications/{imp_uid}", Repeatable: true,
	})
}

// one sends a call that names a certification and is answered with it.
func (c *Client) one(ctx context.Context, impUID string, call *transport.Call) (*Certification, error) {
	if err := checkImpUID("imp_uid", impUID); err != nil {
		return nil, invalid(call.Op, err)
	}
	call.Args = []string{impUID}
	var got Certification
	meta, err := c.send(ctx, call, &got, func() error {
		if got.ImpUID != impUID {
			return foreign("its imp_uid is not the one asked for")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	got.meta = meta
	got.warn(ctx, c.transport.Logger())
	return &got, nil
}

// warn tells an on-call person of a certification that this package does not
// fully know, and in which field. The value may be anything, and is not logged.
func (c *Certification) warn(ctx context.Context, logger *slog.Logger) {
	for field, known := range map[string]bool{
		"pg_provider": c.PGProvider == "" || c.PGProvider.Known(),
		"carrier":     c.Carrier == "" || c.Carrier.Known(),
		"gender":      c.Gender == "" || c.Gender.Known(),
	} {
		if !known {
			logger.WarnContext(ctx, "iamport: unknown value", "field", field)
		}
	}
}

// checkImpUID refuses what cannot be an id, which a script's word for none is not
// either: it would be the same for everybody.
func checkImpUID(name, impUID string) error {
	if impUID != "" && saysNothing(impUID) {
		return errors.New(name + " is a script's word for nothing")
	}
	return transport.CheckID(name, impUID)
}
