package hostile_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/kyckit/kyckit-go/veriff"
)

const (
	veriffKey     = "0d6a7b8c-1234-4abc-9def-0123456789ab"
	veriffSecret  = "synthetic-shared-secret"
	veriffSession = "5b1c2f6e-0a4d-4c5e-9d0b-3f6a7c8d9e10"
	veriffAttempt = "9a8b7c6d-1e2f-4a3b-8c4d-5e6f7a8b9c0d"
	veriffMedia   = "39388f8d-c6d6-4e9b-92c6-6978b2e8d664"
	veriffStamp   = "6f7e2967-4953-4e35-9aed-4ba69f65db80"
)

// What Veriff's answers are read into, envelope included.
type (
	veriffStatus struct {
		Status string `json:"status"`
	}
	veriffDecision struct {
		veriffStatus
		Verification  veriff.Decision      `json:"verification"`
		TechnicalData veriff.TechnicalData `json:"technicalData"`
	}
	veriffSessionAnswer struct {
		veriffStatus
		Verification veriff.Session `json:"verification"`
	}
	veriffDeleted struct {
		veriffStatus
		Verification veriff.DeletedSession `json:"verification"`
	}
	veriffMediaList struct {
		veriffStatus
		Images       []veriff.MediaFile `json:"images"`
		Videos       []veriff.MediaFile `json:"videos"`
		NFCDocuments []veriff.MediaFile `json:"nfcDocuments"`
	}
	veriffUploaded struct {
		veriffStatus
		Image veriff.MediaFile `json:"image"`
	}
	veriffAttempts struct {
		veriffStatus
		Verifications []veriff.Attempt `json:"verifications"`
	}
	veriffPerson struct {
		veriffStatus
		Person veriff.PersonRecord `json:"person"`
	}
	veriffScreening struct {
		veriffStatus
		Data veriff.WatchlistScreening `json:"data"`
	}
	veriffTimestamps struct {
		veriffStatus
		Timestamps []veriff.Timestamp `json:"timestamps"`
	}
	veriffTimestamp struct {
		veriffStatus
		Timestamp veriff.Timestamp `json:"timestamp"`
	}
	veriffFullAutoPlace struct {
		ID            string        `json:"id"`
		AttemptID     string        `json:"attemptId"`
		VendorData    string        `json:"vendorData"`
		EndUserID     string        `json:"endUserId"`
		Decision      veriff.Text   `json:"decision"`
		DecisionScore veriff.Number `json:"decisionScore"`
		Insights      veriff.Text   `json:"insights"`
	}
	veriffFullAuto struct {
		veriffStatus
		Verification veriffFullAutoPlace `json:"verification"`
	}
)

func veriffClient(w *wire) *veriff.Client {
	w.header = func(body []byte) http.Header { return http.Header{"X-Hmac-Signature": {veriffHMAC(body)}} }
	return must(veriff.NewClient(veriffKey, veriffSecret, veriff.WithBaseURL("https://station.veriff.example"),
		veriff.WithHTTPClient(&http.Client{Transport: w}), veriff.WithMaxAttempts(1)))
}

func veriffHMAC(body []byte) string {
	mac := hmac.New(sha256.New, []byte(veriffSecret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func veriffDoors(tb testing.TB) []*door {
	type answers = func(context.Context, *veriff.Client) (any, error)
	call := func(name, clean string, shape reflect.Type, do answers, refused ...error) *door {
		w := &wire{status: http.StatusOK}
		client := veriffClient(w)
		return &door{
			name: "veriff." + name, clean: clean, shape: shape, limit: noLimit, refused: append(refused, veriff.ErrInvalidAnswer),
			enter: func(doc []byte) (any, error) {
				w.body = doc
				return do(context.Background(), client)
			},
		}
	}
	answer := func(name string) string { return fixture("veriff", "testdata", "answers", name+".json") }
	unconfirmed := veriff.ErrUnconfirmed
	decision := answer("decision_approved")
	var declined veriffDecision
	if err := json.Unmarshal([]byte(answer("decision_declined")), &declined); err != nil {
		panic(err)
	}
	content := bytes.NewReader([]byte("\xff\xd8\xff synthetic photo"))
	doors := []*door{
		call("Decision", decision, reflect.TypeFor[veriffDecision](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.Decision(ctx, veriffSession))
		}),
		call("Confirm", answer("decision_declined"), reflect.TypeFor[veriffDecision](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.Confirm(ctx, &declined.Verification))
		}),
		call("CreateSession", answer("session_created"), reflect.TypeFor[veriffSessionAnswer](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: "attempt-1"}))
		}, unconfirmed),
		call("SubmitSession", answer("session_submitted"), reflect.TypeFor[veriffSessionAnswer](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.SubmitSession(ctx, veriffSession))
		}),
		call("DeleteSession", answer("session_deleted"), reflect.TypeFor[veriffDeleted](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.DeleteSession(ctx, veriffSession))
		}),
		call("UploadMedia", answer("media_uploaded"), reflect.TypeFor[veriffUploaded](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.UploadMedia(ctx, veriffSession, &veriff.MediaUpload{Context: veriff.Face, Content: content}))
		}, unconfirmed),
		call("SessionMedia", answer("media_list"), reflect.TypeFor[veriffMediaList](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.SessionMedia(ctx, veriffSession))
		}),
		call("AttemptMedia", answer("media_list_document003"), reflect.TypeFor[veriffMediaList](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.AttemptMedia(ctx, veriffAttempt))
		}),
		call("Attempts", answer("attempts"), reflect.TypeFor[veriffAttempts](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.Attempts(ctx, veriffSession))
		}),
		call("Person", answer("person"), reflect.TypeFor[veriffPerson](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.Person(ctx, veriffSession))
		}),
		call("WatchlistScreening", answer("watchlist"), reflect.TypeFor[veriffScreening](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.WatchlistScreening(ctx, veriffSession))
		}),
		call("FullAutoDecision", answer("fullauto"), reflect.TypeFor[veriffFullAuto](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.FullAutoDecision(ctx, veriffSession))
		}),
		call("Timestamps", answer("timestamps"), reflect.TypeFor[veriffTimestamps](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.Timestamps(ctx, veriffSession))
		}),
		call("Timestamp", answer("timestamp"), reflect.TypeFor[veriffTimestamp](), func(ctx context.Context, c *veriff.Client) (any, error) {
			return known(c.Timestamp(ctx, veriffStamp))
		}),
	}
	for _, d := range doors {
		d.nulls = []string{"verification", "verifications", "person", "data", "timestamp", "timestamps", "image", "images", "videos", "nfcDocuments"}
		d.decides = []string{"status", "verification.id", "verification.status", "verification.code", "verification.reasonCode", "verification.vendorData", "data.matchStatus"}
	}
	doors[0].thorough = true
	do := call("Do", answer("decision_resubmission"), reflect.TypeFor[veriffDecision](), func(ctx context.Context, c *veriff.Client) (any, error) {
		answer, err := c.Do(ctx, &veriff.Call{Method: http.MethodGet, Route: "/v1/sessions/{id}/decision", Args: []string{veriffSession}})
		if err != nil {
			return known(answer, err)
		}
		var got veriffDecision
		err = answer.Decode(&got)
		return got, err
	})
	collected := call("SendCollectedData", answer("collected_data"), reflect.TypeFor[struct {
		Status veriff.Text `json:"status"`
	}](), func(ctx context.Context, c *veriff.Client) (any, error) {
		return known(c.SendCollectedData(ctx, veriffSession, &veriff.CollectedDataRequest{
			ProviderName: "shop", Network: veriff.CollectedNetwork{IP: "192.0.2.1"}, Device: veriff.CollectedDevice{Fingerprint: "f-1"},
		}))
	}, unconfirmed)
	collected.empty, collected.anyKind, collected.nulls = true, true, []string{"status"}
	return slices.Concat(doors, []*door{do, collected, veriffErrors(tb, "DownloadMedia"), veriffErrors(tb, "DownloadMediaFile")}, veriffWebhooks(), veriffRequests())
}

// What an error reply says, as far as it can be read.
type (
	laxCode int
	laxText string
	failure struct {
		Code    any
		Message string
		Kinds   []string
	}
)

// veriffErrors is an error reply to a download, whose success is no JSON.
func veriffErrors(tb testing.TB, method string) *door {
	w := &wire{status: http.StatusBadRequest}
	client := veriffClient(w)
	dir := tb.TempDir()
	return &door{
		name: "veriff." + method + ", error reply", clean: fixture("veriff", "testdata", "answers", "error_1304.json"), limit: 64 << 10, lost: "<html>", anyKind: true,
		shape: reflect.TypeFor[struct {
			Code    laxCode `json:"code"`
			Typo    laxCode `json:"code:"`
			Message laxText `json:"message"`
		}](),
		enter: func(doc []byte) (any, error) {
			w.body = doc
			var err error
			if method == "DownloadMedia" {
				_, err = client.DownloadMedia(context.Background(), veriffMedia, io.Discard)
			} else {
				_, err = client.DownloadMediaFile(context.Background(), veriffMedia, filepath.Join(dir, "photo"))
			}
			var failed *veriff.Error
			if !errors.As(err, &failed) {
				return nil, err
			}
			return failure{failed.Code, failed.Message, kinds(err, veriff.ErrInvalidRequest, veriff.ErrConflict, veriff.ErrUnauthorized, veriff.ErrNotFound)}, nil
		},
	}
}

func kinds(err error, sentinels ...error) []string {
	var is []string
	for _, sentinel := range sentinels {
		if errors.Is(err, sentinel) {
			is = append(is, sentinel.Error())
		}
	}
	return is
}

// veriffWebhooks are signed rightly, whatever is inside.
func veriffWebhooks() []*door {
	verifier := must(veriff.NewVerifier(veriffKey, veriffSecret))
	deliver := func(doc []byte) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(doc))
		r.Header = http.Header{"X-Auth-Client": {veriffKey}, "X-Hmac-Signature": {veriffHMAC(doc)}}
		return r
	}
	parse := func(doc []byte) (any, error) {
		webhook, err := verifier.ParseRequest(deliver(doc))
		return webhook, err
	}
	entry := func(name, clean string, shape reflect.Type) *door {
		return &door{name: "veriff webhook, " + name, clean: clean, shape: shape, limit: 1 << 20, enter: parse, refused: []error{veriff.ErrInvalidAnswer}, anyKind: true}
	}
	webhook := func(name string) string { return fixture("veriff", "testdata", "webhooks", name+".json") }
	decision := entry("decision", fixture("veriff", "testdata", "document003", "webhook_approved.json"), reflect.TypeFor[veriffDecision]())
	decision.unshaped, decision.thorough = []string{"verification"}, true
	event := entry("event", webhook("event_submitted"), reflect.TypeFor[veriff.Event]())
	event.nulls = []string{"code"}
	screening := entry("watchlist screening", webhook("watchlist_possible_match"), reflect.TypeFor[veriff.WatchlistScreening]())
	fullAuto := entry("full auto", webhook("fullauto"), reflect.TypeFor[veriffFullAutoWebhook]())
	fullAuto.asItIs = true
	unknown := entry("unknown", `{"kind":"aura","id":"`+veriffSession+`","found":{"status":"approved","code":9001}}`, reflect.TypeFor[struct{}]())
	unknown.asItIs = true
	var called veriff.Webhook
	handler := must(veriff.NewWebhookHandler(verifier, func(_ context.Context, webhook veriff.Webhook) error {
		called = webhook
		return nil
	}))
	handled := entry("handler", fixture("veriff", "testdata", "answers", "decision_declined.json"), reflect.TypeFor[veriffDecision]())
	handled.unshaped, handled.refused, handled.says = []string{"verification"}, nil, "status 400"
	handled.enter = func(doc []byte) (any, error) {
		called = nil
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, deliver(doc))
		if w.Code != http.StatusOK {
			return called, fmt.Errorf("status %d", w.Code)
		}
		return called, nil
	}
	return []*door{decision, event, screening, fullAuto, unknown, handled}
}

type veriffFullAutoWebhook struct {
	veriffStatus
	SessionID  string `json:"sessionId"`
	AttemptID  string `json:"attemptId"`
	VendorData string `json:"vendorData"`
	EndUserID  string `json:"endUserId"`
	Data       struct {
		Verification veriffFullAutoPlace `json:"verification"`
	} `json:"data"`
}

// veriffRequests are what a program hands over to be sent.
func veriffRequests() []*door {
	body := handed("veriff.Call.Body", func(doc []byte) error {
		return (&veriff.Call{Method: http.MethodPost, Route: "/v1/sessions", Body: doc}).Validate()
	}, "the Body is not one JSON value without a key twice")
	browser := handed("veriff.CollectedDataRequest.Browser", func(doc []byte) error {
		return (&veriff.CollectedDataRequest{
			ProviderName: "shop", Network: veriff.CollectedNetwork{IP: "192.0.2.1"}, Device: veriff.CollectedDevice{Fingerprint: "f-1"}, Browser: doc,
		}).Validate()
	}, "the Browser is not a JSON object")
	browser.anyKind = false
	return []*door{body, browser}
}

// handed is JSON of a program's own, which is sent on as it is.
func handed(name string, validate func(doc []byte) error, says string) *door {
	return &door{
		name: name, clean: `{"verification":{"status":"submitted","list":[{"a":1}]}}`, shape: reflect.TypeFor[struct{}](), limit: noLimit, anyKind: true, says: says,
		enter: func(doc []byte) (any, error) { return nil, validate(doc) },
	}
}
