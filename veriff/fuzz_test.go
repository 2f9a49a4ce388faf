package veriff_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/veriff"
)

// documents are all answers and webhooks of testdata.
func documents(f *testing.F) [][]byte {
	return fuzztest.Files(f, "testdata/answers/*.json", "testdata/webhooks/*.json", "testdata/document003/*.json")
}

// What is signed verifies, under any secret, an earlier one included, in every
// spelling of its headers; with any bit of body, signature, secret or API key
// changed it does not, and nor does any text in the signature's place that is not
// the signature.
func FuzzVerify(f *testing.F) {
	for _, document := range documents(f) {
		f.Add(document, sharedSecret, "previous-secret", uint(7), byte(1), hmacHex(sharedSecret, document))
	}
	for _, sample := range publishedWebhooks {
		f.Add(fixture(f, "document003", sample.file), sample.secret, sharedSecret, uint(len(sample.secret)), byte(0x80), sample.signature)
	}
	f.Add([]byte{}, "x", "y", uint(0), byte(0xff), "")
	f.Fuzz(func(t *testing.T, body []byte, secret, previous string, at uint, flip byte, other string) {
		changed := func(text string) string {
			bytes := []byte(text)
			bytes[at%uint(len(bytes))] ^= flip
			return string(bytes)
		}
		verifiers := map[string]*veriff.Verifier{}
		for name, options := range map[string][]veriff.VerifierOption{
			"plain": nil, "legacy": {veriff.WithLegacySignature()}, "rotated": {veriff.WithLegacySignature(), veriff.WithPreviousSecret(previous)},
		} {
			verifier, err := veriff.NewVerifier(apiKey, secret, options...)
			if err != nil {
				return
			}
			verifiers[name] = verifier
		}
		mac, old := hmacHex(secret, body), hmacHex(previous, body)
		keyNames, macNames := []string{"X-Auth-Client", "vrf-auth-client", "X-AUTH-CLIENT"}, []string{"X-Hmac-Signature", "vrf-hmac-signature", "x-HMAC-signature"}
		header := func(signatureName, signature string) http.Header {
			return http.Header{keyNames[at%3]: {apiKey}, signatureName: {signature}}
		}
		macName := macNames[at/3%3]

		for _, verifier := range verifiers {
			require.NoError(t, verifier.Verify(header(macName, mac), body))
			require.NoError(t, verifier.Verify(header(macName, strings.ToUpper(mac)), body))
		}
		require.NoError(t, verifiers["rotated"].Verify(header(macName, old), body))
		require.NoError(t, verifiers["rotated"].Verify(header("x-signature", legacyHex(previous, body)), body))
		require.NoError(t, verifiers["legacy"].Verify(header("X-Signature", legacyHex(secret, body)), body))
		require.ErrorIs(t, verifiers["plain"].Verify(header("X-Signature", legacyHex(secret, body)), body), veriff.ErrSignature)
		if old != mac {
			require.ErrorIs(t, verifiers["legacy"].Verify(header(macName, old), body), veriff.ErrSignature)
		}
		if is := strings.ToLower(other); is != mac {
			require.ErrorIs(t, verifiers["legacy"].Verify(header(macName, other), body), veriff.ErrSignature)
			if is != old {
				require.ErrorIs(t, verifiers["rotated"].Verify(header(macName, other), body), veriff.ErrSignature)
			}
		}
		if flip == 0 {
			return
		}

		for name, signature := range map[string]string{macName: mac, "X-Signature": legacyHex(secret, body)} {
			for _, verifier := range verifiers {
				if len(body) > 0 {
					require.ErrorIs(t, verifier.Verify(header(name, signature), []byte(changed(string(body)))), veriff.ErrSignature)
				}
				require.ErrorIs(t, verifier.Verify(header(name, signature), append(bytes.Clone(body), flip)), veriff.ErrSignature)
				if text := changed(signature); strings.ToLower(text) != signature {
					require.ErrorIs(t, verifier.Verify(header(name, text), body), veriff.ErrSignature)
				}
				digits := []byte(signature)
				digits[at%64] = "0123456789abcdef"[(strings.IndexByte("0123456789abcdef", digits[at%64])+1+int(flip)%15)%16]
				require.ErrorIs(t, verifier.Verify(header(name, string(digits)), body), veriff.ErrSignature)
				require.ErrorIs(t, verifier.Verify(http.Header{keyNames[at%3]: {changed(apiKey)}, name: {signature}}, body), veriff.ErrAPIKey)
				require.ErrorIs(t, verifier.Verify(http.Header{name: {signature}}, body), veriff.ErrAPIKey)
			}
			if stranger, err := veriff.NewVerifier(apiKey, changed(secret), veriff.WithLegacySignature()); err == nil {
				require.ErrorIs(t, stranger.Verify(header(name, signature), body), veriff.ErrSignature)
			}
		}
	})
}

// Whatever a genuine body says, parsing gives the webhook that it says it is, or
// an error; an approval comes exactly from a body that says so once and plainly.
// A body that is not genuine reaches nobody. The key of a webhook is the same each
// time, and storing a webhook loses nothing.
func FuzzParse(f *testing.F) {
	for _, document := range documents(f) {
		f.Add(document, uint16(0), "", byte(0))
	}
	for _, text := range []string{
		`{"status":"success","verification":{"id":"a","status":"declined","code":9001,"status":"approved"}}`,
		`{"status":"success","verification":{"id":"a","status":"declined","code":9001,"ſtatus":"approved"}}`,
		`{"status":"success","verification":{"id":"a","status":"approved","code":"9001"},"action":"submitted","code":7002}`,
	} {
		f.Add([]byte(text), uint16(0), "", byte(1))
	}
	approved := fixture(f, "answers", "decision_approved.json")
	members := fuzztest.MembersOf(f, approved)
	members.Seeds(fuzztest.Values(`"approved"`, `9001`, `"9102"`, `"2018-04-18T11:02:05+0300"`, `"success"`), func(number uint16, value string) {
		f.Add(approved, number, value, byte(number%3))
	})
	known := map[string]bool{}
	for _, row := range readTable(f, "statuses.tsv") {
		known[row["value"]] = true
	}
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
	require.NoError(f, err)
	var handled veriff.Webhook
	handler, err := veriff.NewWebhookHandler(verifier, func(_ context.Context, webhook veriff.Webhook) error {
		handled = webhook
		return nil
	})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body []byte, member uint16, value string, flip byte) {
		body = members.Set(body, member, value)
		deliver := func(header http.Header) int {
			handled = nil
			request, answer := httptest.NewRequest(http.MethodPost, "/webhook", bytes.NewReader(body)), httptest.NewRecorder()
			request.Header = header
			handler.ServeHTTP(answer, request)
			return answer.Code
		}
		if flip != 0 && len(body) > 0 {
			forged := bytes.Clone(body)
			forged[len(body)/2] ^= flip
			require.Equal(t, http.StatusUnauthorized, deliver(webhookHeader(forged)))
			require.Nil(t, handled)
		}
		code := deliver(webhookHeader(body))
		webhook, err := verifier.Parse(webhookHeader(body), body)
		if err != nil {
			require.Nil(t, webhook)
			require.Nil(t, handled)
			require.Equal(t, http.StatusBadRequest, code)
			require.ErrorIs(t, err, veriff.ErrInvalidAnswer)
			return
		}
		require.Equal(t, http.StatusOK, code)
		require.IsType(t, webhook, handled)
		require.Equal(t, string(body), string(webhook.Meta().Raw()))
		require.True(t, webhook.Meta().Signed())
		require.Regexp(t, `^[0-9a-f]{64}$`, veriff.WebhookKey(webhook))
		require.Equal(t, veriff.WebhookKey(webhook), veriff.WebhookKey(handled))

		plain := fuzztest.Read(t, body)
		verification := plain.Get("verification")
		decides := verification.Get("code").Value != nil || known[verification.Get("status").Text()]
		switch webhook := webhook.(type) {
		case *veriff.Decision:
			require.True(t, decides)
			require.Equal(t, "success", plain.Get("status").Value)
			require.NotEmpty(t, webhook.ID)
			assertDecision(t, webhook, plain)
			assertRead(t, webhook, new(veriff.Decision), body)
		case *veriff.Event:
			require.False(t, decides)
			require.Equal(t, plain.Get("id").Value, webhook.ID)
			require.NotEmpty(t, webhook.ID)
			assertRead(t, webhook, new(veriff.Event), body)
		case *veriff.WatchlistScreening:
			require.False(t, decides)
			require.Equal(t, plain.Get("sessionId").Value, webhook.SessionID)
			require.NotEmpty(t, webhook.SessionID)
			require.Equal(t, plain.Get("matchStatus").Value, string(webhook.MatchStatus))
			assertRead(t, webhook, new(veriff.WatchlistScreening), body)
		case *veriff.FullAutoDecision:
			require.False(t, decides)
			require.NotEmpty(t, webhook.SessionID)
			assertRead(t, webhook, new(veriff.FullAutoDecision), body)
		default:
			require.False(t, decides)
		}
	})
}

// assertDecision holds what decides to what was written, and the approval to
// what makes one.
func assertDecision(tb testing.TB, decision *veriff.Decision, plain fuzztest.Document) {
	tb.Helper()
	verification := plain.Get("verification")
	require.Equal(tb, []string{verification.Word("id"), verification.Word("attemptId"), verification.Word("vendorData"), verification.Word("status"), verification.Word("reason")},
		[]string{decision.ID, decision.AttemptID, decision.VendorData, string(decision.Status), decision.Reason})
	code, reason := verification.Number("code"), verification.Number("reasonCode")
	require.Equal(tb, []int64{code, reason}, []int64{int64(decision.Code), int64(decision.ReasonCode)})
	require.Equal(tb, verification.Word("status") == "approved" && code == 9001 && reason == 0, decision.Approved())
	require.Equal(tb, verification.Get("person").Word("dateOfBirth"), string(decision.Person.DateOfBirth))
	require.False(tb, decision.Approved() && decision.Pending())
}

// assertRead wants value to say nothing but what body does, and to lose nothing
// when it is stored.
func assertRead(tb testing.TB, value, again any, body []byte) {
	tb.Helper()
	fuzztest.Stable(tb, value, again)
	require.Empty(tb, fuzztest.Invented(tb, value, body))
}

// fuzzCalls are the calls besides namedCalls. Each gives what it got and a new
// one of its type.
var fuzzCalls = []func(context.Context, *veriff.Client) (got any, meta veriff.Meta, err error){
	func(ctx context.Context, c *veriff.Client) (any, veriff.Meta, error) {
		return result(c.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: "attempt-1"}))
	},
	func(ctx context.Context, c *veriff.Client) (any, veriff.Meta, error) {
		return result(c.UploadMedia(ctx, sessionID, &veriff.MediaUpload{Context: "document-front", Content: bytes.NewReader([]byte(jpegHead))}))
	},
	func(ctx context.Context, c *veriff.Client) (any, veriff.Meta, error) {
		return result(c.Do(ctx, &veriff.Call{Method: http.MethodGet, Route: "/v1/sessions/{id}/later", Args: []string{sessionID}}))
	},
}

// Whatever Veriff answers to a call, however it is signed, the call gives an
// error that says so, or what the answer says and nothing else. A signature that
// does not hold gives nothing, and one that is not there is told.
func FuzzAnswers(f *testing.F) {
	calls := len(namedCalls) + len(fuzzCalls)
	for i, document := range documents(f) {
		for call := range calls {
			if (i+call)%4 == 0 {
				f.Add(byte(call), uint16(0), byte(i), document, uint16(0), "")
			}
		}
	}
	for i, c := range namedCalls {
		f.Add(byte(i), uint16(0), byte(0), fixture(f, "answers", c.answer), uint16(0), "")
		f.Add(byte(i), uint16(200), byte(i), fixture(f, "answers", c.answer), uint16(0), "")
	}
	f.Add(byte(len(namedCalls)), uint16(1), byte(0), fixture(f, "answers", "session_created.json"), uint16(0), "")
	f.Add(byte(len(namedCalls)+1), uint16(0), byte(0), fixture(f, "answers", "media_uploaded.json"), uint16(0), "")
	approved := fixture(f, "answers", "decision_approved.json")
	members := fuzztest.MembersOf(f, approved)
	decision := slices.IndexFunc(namedCalls, func(c namedCall) bool { return c.op == "Decision" })
	fuzztest.Members{"status", "verification.id", "verification.status", "verification.code"}.Seeds(fuzztest.Values(), func(number uint16, value string) {
		at := slices.Index(members, []string{"status", "verification.id", "verification.status", "verification.code"}[number-1])
		f.Add(byte(decision), uint16(0), byte(0), approved, uint16(at+1), value)
	})

	var answer *http.Response
	rt := roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			_, _ = io.Copy(io.Discard, r.Body)
			_ = r.Body.Close()
		}
		answer.Request = r
		return answer, nil
	})
	lenient, strict := newClient(f, rt), newClient(f, rt, veriff.WithSignedAnswersOnly())
	f.Fuzz(func(t *testing.T, call byte, status uint16, sign byte, body []byte, member uint16, value string) {
		body = members.Set(body, member, value)
		mac := hmacHex(sharedSecret, body)
		header, signed, holds := http.Header{}, true, true
		switch sign % 6 {
		case 0:
			header.Set("X-Hmac-Signature", mac)
		case 1:
			header.Set("Vrf-Hmac-Signature", strings.ToUpper(mac))
		case 2:
			signed = false
		case 3:
			header.Set("X-Signature", legacyHex(sharedSecret, body))
			signed = false // not as strong as was asked for
		case 4:
			header.Set("X-Hmac-Signature", hmacHex("another secret", body))
			holds = false
		case 5:
			header.Set("X-Hmac-Signature", mac)
			header.Set("Vrf-Hmac-Signature", legacyHex(sharedSecret, body))
			holds = false
		}
		answers := func() {
			answer = &http.Response{StatusCode: 200 + int(status)%300, Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}
		}
		for _, client := range []*veriff.Client{lenient, strict} {
			answers()
			var got any
			var meta veriff.Meta
			var err error
			n := int(call) % calls
			if n < len(namedCalls) {
				got, meta, err = namedCalls[n].call(client, t.Context(), namedCalls[n].id)
			} else {
				got, meta, err = fuzzCalls[n-len(namedCalls)](t.Context(), client)
			}
			if err != nil {
				require.Nil(t, got)
				var failed *veriff.Error
				require.ErrorAs(t, err, &failed)
				if status%300 < 100 {
					require.True(t, errors.Is(err, veriff.ErrInvalidAnswer) || errors.Is(err, veriff.ErrForeign) || errors.Is(err, veriff.ErrNotFound) || errors.Is(err, veriff.ErrSignature), err)
					require.Equal(t, !holds || !signed && client == strict, errors.Is(err, veriff.ErrSignature), err)
				}
				continue
			}
			require.Less(t, status%300, uint16(100))
			require.True(t, holds && (signed || client == lenient))
			require.Equal(t, signed, meta.Signed())
			require.Equal(t, string(body), string(meta.Raw()))
			assertAnswer(t, got, body)
			if n == len(namedCalls) { // CreateSession said it
				require.Contains(t, []string{"", "attempt-1"}, got.(*veriff.Session).VendorData)
			}
		}
		answers()
		assertDownload(t, lenient, body, holds && len(body) > 0 && status%300 == 0, signed)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// assertAnswer holds an answer to the body that it was read from.
func assertAnswer(tb testing.TB, got any, body []byte) {
	tb.Helper()
	if raw, ok := got.(*veriff.Answer); ok {
		var inside json.RawMessage
		if err := raw.Decode(&inside); err == nil {
			require.Equal(tb, fuzztest.Read(tb, body), fuzztest.Read(tb, inside))
		}
		return
	}
	plain := fuzztest.Read(tb, body)
	require.Equal(tb, "success", plain.Get("status").Value)
	switch got := got.(type) {
	case *veriff.Decision:
		require.True(tb, got.ID == sessionID || plain.Get("verification").Value == nil)
		assertDecision(tb, got, plain)
		assertRead(tb, got, new(veriff.Decision), body)
	case *veriff.Session:
		require.Equal(tb, plain.Get("verification").Get("id").Value, got.ID)
		assertRead(tb, got, new(veriff.Session), body)
	case *veriff.DeletedSession:
		require.Equal(tb, sessionID, plain.Get("verification").Get("id").Value)
		assertRead(tb, got, new(veriff.DeletedSession), body)
	case *veriff.PersonRecord:
		require.NotNil(tb, plain.Get("person").Value)
		assertRead(tb, got, new(veriff.PersonRecord), body)
	case *veriff.AttemptList:
		require.Len(tb, got.Attempts, len(plain.Get("verifications").List()))
		assertRead(tb, got, new(veriff.AttemptList), body)
	case *veriff.FullAutoDecision:
		require.Contains(tb, []string{"", sessionID}, got.SessionID)
		assertRead(tb, got, new(veriff.FullAutoDecision), body)
	case *veriff.WatchlistScreening:
		data := plain.Get("data")
		require.NotNil(tb, data.Value)
		require.Contains(tb, []string{"", sessionID}, got.SessionID)
		require.Len(tb, got.Hits, len(data.Get("hits").List()))
		assertRead(tb, got, new(veriff.WatchlistScreening), body)
	case *veriff.TimestampList:
		require.Len(tb, got.Timestamps, len(plain.Get("timestamps").List()))
		assertRead(tb, got, new(veriff.TimestampList), body)
	case *veriff.Timestamp:
		require.Equal(tb, timestampID, plain.Get("timestamp").Get("id").Value)
		assertRead(tb, got, new(veriff.Timestamp), body)
	case *veriff.MediaList:
		require.Len(tb, got.Images, len(plain.Get("images").List()))
		require.Len(tb, got.Videos, len(plain.Get("videos").List()))
		for _, file := range slices.Concat(got.Images, got.Videos, got.NFCDocuments) {
			require.Regexp(tb, fileName, file.FileName())
		}
		assertRead(tb, got, new(veriff.MediaList), body)
	case *veriff.MediaFile:
		require.Equal(tb, plain.Get("image").Get("id").Value, got.ID)
		require.Regexp(tb, fileName, got.FileName())
		assertRead(tb, got, new(veriff.MediaFile), body)
	default:
		tb.Fatalf("nobody looks at a %T", got)
	}
}

var fileName = regexp.MustCompile(`^[-_0-9A-Za-z]+\.[a-z0-9]{3,4}$`)

// assertDownload wants the body itself, or an error.
func assertDownload(tb testing.TB, client *veriff.Client, body []byte, want, signed bool) {
	tb.Helper()
	var written bytes.Buffer
	got, err := client.DownloadMedia(tb.Context(), sessionID, &written)
	require.Equal(tb, want, err == nil, err)
	if err != nil {
		require.Nil(tb, got)
		return
	}
	sum := sha256.Sum256(body)
	require.Equal(tb, body, written.Bytes())
	require.Equal(tb, sum[:], got.SHA256)
	require.Equal(tb, int64(len(body)), got.Size)
	require.Equal(tb, signed, got.Signed)
}

var timeText = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?(Z|([+-])([0-9]{2}):?([0-9]{2}))$`)

// An instant is that of plain arithmetic, and is read the same after it was
// stored.
func FuzzTime(f *testing.F) {
	for _, text := range []string{"2019-10-30T07:32:44.540Z", "2024-09-06T21:11:48.476108Z", "2018-04-18T11:02:05+0300", "2018-04-18T11:02:05+03:00", "", "null", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2024-02-29T23:59:60Z"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		document, err := json.Marshal(text)
		require.NoError(t, err)
		var at, again veriff.Time
		if json.Unmarshal(document, &at) != nil {
			require.Zero(t, at)
			return
		}
		stored, err := json.Marshal(at)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(stored, &again), string(stored))
		require.True(t, at.Equal(again.Time), "%s became %s", text, stored)
		if text == "" || text == "null" {
			require.True(t, at.IsZero())
			require.Equal(t, "null", string(stored))
			return
		}
		parts := timeText.FindStringSubmatch(text)
		require.NotNil(t, parts, text)
		n := func(text string) int64 {
			n, _ := strconv.ParseInt(text, 10, 64)
			return n
		}
		offset := n(parts[8])*3600 + n(parts[9])*60
		if parts[7] == "-" {
			offset = -offset
		}
		local := at.Unix() + offset
		day, exists := fuzztest.ParseDay(parts[1])
		require.True(t, exists)
		require.Equal(t, day, fuzztest.DayAt(local))
		require.Equal(t, n(parts[2])*3600+n(parts[3])*60+n(parts[4]), (local%86400+86400)%86400)
		require.EqualValues(t, n((parts[5] + "000000000")[:9]), at.Nanosecond())
	})
}
