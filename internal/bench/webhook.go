package main

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stripe/stripe-go/v82/webhook"

	"github.com/kyckit/kyckit-go/veriff"
)

// decisionWebhook is a delivery of 2 KB.
//
//go:embed testdata/webhook.json
var decisionWebhook []byte

func webhookBody() []byte { return bytes.Clone(decisionWebhook) }

// longBody is a webhook of 1 MB, which the handler would just take.
func longBody() []byte {
	body := bytes.Replace(decisionWebhook, []byte(`"status"`), []byte(`"padding":"`+string(bytes.Repeat([]byte("x"), 1_000_000-len(decisionWebhook)))+`","status"`), 1)
	return body
}

// deliveryHeader is what a delivery comes with, through a proxy.
func deliveryHeader(body []byte) http.Header {
	signature := hex.EncodeToString(mac(body))
	return http.Header{
		"Accept":           {"application/json"},
		"Accept-Encoding":  {"gzip"},
		"Content-Length":   {strconv.Itoa(len(body))},
		"Content-Type":     {"application/json"},
		"User-Agent":       {"Go-http-client/1.1"},
		"X-Forwarded-For":  {"192.0.2.1"},
		"X-Auth-Client":    {apiKey},
		"X-Hmac-Signature": {signature},
	}
}

func verify(size string, body []byte) line {
	reach := 1.3
	if len(body) > 1<<16 {
		reach = 1 / 0.95
	}
	return line{
		number: "5", what: "webhook verify, " + size, reach: reach, goroutines: 1,
		open: func() ([]side, func(), error) {
			verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
			if err != nil {
				return nil, nil, err
			}
			header := deliveryHeader(body)
			held := func(err error) (bool, error) { return err == nil, err }
			stripe, standard, err := peersOf(func() []byte { return body })
			return []side{
				{name: "ours", worker: keeping(func() (bool, error) { return held(verifier.Verify(header, body)) })},
				{name: "floor", worker: keeping(func() (bool, error) { return held(checkMAC(header.Get("X-HMAC-SIGNATURE"), body)) })},
				{name: "standard-webhooks", ready: standard.sign, worker: keeping(func() (bool, error) {
					return held(standard.webhook.Verify(body, standard.header))
				})},
				{name: "stripe-go", ready: stripe.sign, worker: keeping(func() (bool, error) {
					return held(webhook.ValidatePayload(body, stripe.header, sharedSecret))
				})},
			}, func() {}, err
		},
	}
}

func verifyAndParse() line {
	return line{
		number: "5", what: "webhook verify and parse, 2 KB", reach: 1.3, goroutines: 1,
		open: func() ([]side, func(), error) {
			verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
			if err != nil {
				return nil, nil, err
			}
			header := deliveryHeader(decisionWebhook)
			// stripe-go wants the object of an event of its own.
			event := fmt.Appendf(nil, `{"id":"evt_1","object":"event","type":"decision","data":{"object":%s}}`, decisionWebhook)
			_, standard, err := peersOf(webhookBody)
			if err != nil {
				return nil, nil, err
			}
			stripe, _, err := peersOf(func() []byte { return event })
			return []side{
				{name: "ours", worker: keeping(func() (*veriff.Decision, error) {
					got, err := verifier.Parse(header, decisionWebhook)
					if err != nil {
						return nil, err
					}
					decision, ok := got.(*veriff.Decision)
					if !ok {
						return nil, errors.New("not a decision")
					}
					return decision, nil
				})},
				{name: "floor", worker: keeping(func() (*veriff.Decision, error) {
					if err := checkMAC(header.Get("X-HMAC-SIGNATURE"), decisionWebhook); err != nil {
						return nil, err
					}
					return unmarshalDecision(decisionWebhook)
				})},
				{name: "standard-webhooks", ready: standard.sign, worker: keeping(func() (*veriff.Decision, error) {
					if err := standard.webhook.Verify(decisionWebhook, standard.header); err != nil {
						return nil, err
					}
					return unmarshalDecision(decisionWebhook)
				})},
				{name: "stripe-go", ready: stripe.sign, worker: keeping(func() (*veriff.Decision, error) {
					got, err := webhook.ConstructEventWithOptions(event, stripe.header, sharedSecret,
						webhook.ConstructEventOptions{IgnoreAPIVersionMismatch: true})
					if err != nil {
						return nil, err
					}
					return unmarshalDecision(got.Data.Raw)
				})},
			}, func() {}, err
		},
	}
}

// The peers' signatures have a time in them and hold for five minutes, so each
// turn begins with a fresh one.
type stripePeer struct {
	body   func() []byte
	header string
}

func (p *stripePeer) sign(int) error {
	p.header = webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: p.body(), Secret: sharedSecret}).Header
	return nil
}

type standardPeer struct {
	body    func() []byte
	webhook *standardwebhooks.Webhook
	header  http.Header
}

func (p *standardPeer) sign(int) error {
	now := time.Now()
	signature, err := p.webhook.Sign("msg_1", now, p.body())
	p.header = http.Header{}
	p.header.Set(standardwebhooks.HeaderWebhookID, "msg_1")
	p.header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	p.header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return err
}

func peersOf(body func() []byte) (*stripePeer, *standardPeer, error) {
	standard, err := standardwebhooks.NewWebhook(base64.StdEncoding.EncodeToString([]byte(sharedSecret)))
	return &stripePeer{body: body}, &standardPeer{body: body, webhook: standard}, err
}
