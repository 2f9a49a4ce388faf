package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"

	"github.com/google/go-github/v74/github"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
	"github.com/kyckit/kyckit-go/veriff"
)

const (
	apiKey       = "3b9a1f2e-7c4d-4e8a-9b6f-0d1c2e3f4a5b"
	sharedSecret = "c0ffee00-1234-4321-8765-0123456789ab"
	sessionID    = "5b1c2f6e-0a4d-4c5e-9d0b-3f6a7c8d9e10"

	maxAnswer = 8 << 20
)

// decisionBody is an answer of 2.8 KB.
//
//go:embed testdata/decision.json
var decisionBody []byte

// envelope has the shape of what veriff itself decodes an answer into.
type envelope struct {
	Status        string               `json:"status"`
	Verification  *veriff.Decision     `json:"verification"`
	TechnicalData veriff.TechnicalData `json:"technicalData"`
	HighRisk      veriff.Tristate      `json:"highRisk"`
}

func (e *envelope) decision() (*veriff.Decision, error) {
	if e.Status != "success" || e.Verification == nil || e.Verification.ID != sessionID {
		return nil, errors.New("not the decision asked for")
	}
	e.Verification.TechnicalData = e.TechnicalData
	return e.Verification, nil
}

func unmarshalDecision(body []byte) (*veriff.Decision, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	return e.decision()
}

func mac(payload []byte) []byte {
	h := hmac.New(sha256.New, []byte(sharedSecret))
	h.Write(payload)
	return h.Sum(nil)
}

var errSignature = errors.New("the signature does not hold")

func checkMAC(signature string, body []byte) error {
	got, err := hex.DecodeString(signature)
	if err != nil || !hmac.Equal(got, mac(body)) {
		return errSignature
	}
	return nil
}

func signHeader(h http.Header) {
	h.Set("X-AUTH-CLIENT", apiKey)
	h.Set("X-HMAC-SIGNATURE", hex.EncodeToString(mac([]byte(sessionID))))
}

// stub is a RoundTripper that gives the same answer to everything.
type stub struct {
	header http.Header
	body   []byte
}

func (s stub) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: s.header,
		ContentLength: int64(len(s.body)), Body: io.NopCloser(bytes.NewReader(s.body)), Request: r,
	}, nil
}

func answerHeader(body []byte) http.Header {
	return http.Header{
		"Content-Type":     {"application/json; charset=utf-8"},
		"Date":             {"Mon, 02 Mar 2026 10:12:00 GMT"},
		"X-Hmac-Signature": {hex.EncodeToString(mac(body))},
	}
}

func signedGet() line {
	return line{
		number: "1", what: "signed GET, 2.8 KB decision, stub transport", reach: 1.10, goroutines: 1,
		open: func() ([]side, func(), error) {
			s := stub{answerHeader(decisionBody), decisionBody}
			sides, err := decisionSides("https://api.example", func() http.RoundTripper { return s })
			return sides, func() {}, err
		},
	}
}

func signedGetOverLoopback(goroutines int) line {
	return line{
		number: "2", what: "the same over loopback, " + atOnce(goroutines), reach: 1.10, goroutines: goroutines,
		open: func() ([]side, func(), error) {
			server, _ := serveDecision()
			sides, err := decisionSides(server.URL, loopbackTransport)
			return sides, server.Close, err
		},
	}
}

func atOnce(goroutines int) string {
	if goroutines == 1 {
		return "serial"
	}
	return fmt.Sprint(goroutines, " at once")
}

// serveDecision serves on loopback and counts connections.
func serveDecision() (*httptest.Server, *atomic.Int64) {
	header := answerHeader(decisionBody)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = header["Content-Type"]
		w.Header()["X-Hmac-Signature"] = header["X-Hmac-Signature"]
		_, _ = w.Write(decisionBody)
	}))
	connections := new(atomic.Int64)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	return server, connections
}

// loopbackTransport keeps as many idle connections as there are callers. The
// peers get the same: what their defaults keep is not what is compared.
func loopbackTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = t.MaxIdleConns
	return t
}

func decisionSides(base string, carrier func() http.RoundTripper) ([]side, error) {
	ctx := context.Background()
	client, err := veriff.NewClient(apiKey, sharedSecret,
		veriff.WithBaseURL(base), veriff.WithHTTPClient(&http.Client{Transport: carrier()}))
	if err != nil {
		return nil, err
	}
	bare := &http.Client{Transport: carrier()}

	retrying := retryablehttp.NewClient()
	retrying.HTTPClient, retrying.Logger = &http.Client{Transport: carrier()}, nil

	hub := github.NewClient(&http.Client{Transport: carrier()})
	if hub.BaseURL, err = url.Parse(base + "/"); err != nil {
		return nil, err
	}

	address := func() string { return base + "/v1/sessions/" + url.PathEscape(sessionID) + "/decision" }
	return []side{
		{name: "ours", worker: keeping(func() (*veriff.Decision, error) { return client.Decision(ctx, sessionID) })},
		{name: "floor", worker: keeping(func() (*veriff.Decision, error) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, address(), nil)
			if err != nil {
				return nil, err
			}
			signHeader(req.Header)
			return answered(bare.Do(req))
		})},
		{name: "go-retryablehttp", worker: keeping(func() (*veriff.Decision, error) {
			req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, address(), nil)
			if err != nil {
				return nil, err
			}
			signHeader(req.Header)
			return answered(retrying.Do(req))
		})},
		{name: "go-github", worker: keeping(func() (*veriff.Decision, error) {
			req, err := hub.NewRequest(http.MethodGet, "v1/sessions/"+url.PathEscape(sessionID)+"/decision", nil)
			if err != nil {
				return nil, err
			}
			signHeader(req.Header)
			var body bytes.Buffer // which Do writes to: its own decoding would leave nothing to verify
			resp, err := hub.Do(ctx, req, &body)
			if err != nil {
				return nil, err
			}
			return verified(resp.Response, body.Bytes())
		})},
	}, nil
}

// answered is what the floor does with a response: read within a bound, verify,
// decode.
func answered(resp *http.Response, err error) (*veriff.Decision, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	return verified(resp, body)
}

func verified(resp *http.Response, body []byte) (*veriff.Decision, error) {
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	if err := checkMAC(resp.Header.Get("X-HMAC-SIGNATURE"), body); err != nil {
		return nil, err
	}
	return unmarshalDecision(body)
}

// decode compares what the clients decode with: [transport.Decoder] and the bytes
// kept in a box.
func decode() line {
	return line{
		number: "7", what: "decode of a 2.8 KB decision, bytes kept", reach: 1.1, goroutines: 1,
		open: func() ([]side, func(), error) {
			var decoder transport.Decoder
			return []side{
				{name: "ours", worker: keeping(func() (*veriff.Decision, error) {
					var e envelope
					if err := decoder.Decode(decisionBody, &e); err != nil {
						return nil, err
					}
					if kept := secret.New(decisionBody); kept.Empty() {
						return nil, errors.New("nothing kept")
					}
					return e.decision()
				})},
				{name: "floor", worker: keeping(func() (*veriff.Decision, error) { return unmarshalDecision(decisionBody) })},
			}, func() {}, nil
		},
	}
}
