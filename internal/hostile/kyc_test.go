package hostile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/veriff"
)

// A way in through kyc, with a document by which a person is let in.
type portable struct {
	*door
	// deny replaces what decides by what keeps the person out.
	deny []string
}

func portables() []portable {
	check := func(provider kyc.Provider, vendorID string) *kyc.Check {
		check := must(kyc.NewCheck(provider.Name(), &kyc.StartRequest{CheckID: tomoUser}))
		check.VendorID, check.StartedAt = vendorID, time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
		return check
	}
	result := func(w *wire, provider kyc.Provider, vendorID string) func([]byte) (any, error) {
		asked := check(provider, vendorID)
		return func(doc []byte) (any, error) {
			w.body = doc
			result, err := provider.Result(context.Background(), asked)
			if err != nil {
				return known(result, err)
			}
			timeless := *result
			timeless.Evidence.FetchedAt, timeless.Evidence.SHA256 = time.Time{}, ""
			return timeless, nil
		}
	}
	iw, tw, vw := &wire{status: http.StatusOK}, &wire{status: http.StatusOK}, &wire{status: http.StatusOK}
	byIamport := must(iamportkyc.New(iamportClient(iw), iamportkyc.Config{UserCode: "imp00000000", ChannelKey: "channel-1", MinimumAge: 19}))
	byTomoIDV := must(tomoidvkyc.New(tomoClient(tw), tomoidvkyc.Config{
		Country: "jp", Policy: tomoidv.GovernmentID(tomoidv.IDTypeIDCard, tomoidv.OwnerVerified(tomoidv.OwnerTypeDocumentSecret)),
	}))
	byVeriff := must(veriffkyc.New(veriffClient(vw), veriffkyc.Config{MinimumAge: 19}))
	const policyKey = "jp:document:id_card:government_id_verf:owner_verf:document_secret"
	return []portable{
		{&door{
			name: "iamportkyc.Result", limit: noLimit, shape: reflect.TypeFor[iamportEnvelope[struct{}]](), refused: []error{kyc.ErrInvalidAnswer}, asItIs: true,
			clean: `{"code":0,"message":null,"response":{"imp_uid":"` + iamportUID + `","merchant_uid":"` + tomoUser + `","pg_provider":"danal","certified":true,"certified_at":1772445900,` +
				`"birthday":"1990-03-01","unique_key":"c3ludGhldGljLWNp"}}`,
			enter: result(iw, byIamport, iamportUID),
		}, []string{
			`"code":-1`, `"imp_uid":"imp_000000000002"`, `"merchant_uid":"attempt-2"`, `"certified":false`, `"certified_at":1`, `"birthday":"2024-03-01"`, `"unique_key":""`, `"pg_provider":"kcp"`, `"response":null`,
		}},
		{&door{
			name: "tomoidvkyc.Result", limit: noLimit, shape: reflect.TypeFor[struct{}](), refused: []error{kyc.ErrInvalidAnswer}, asItIs: true,
			clean: `{"user_id":"` + tomoPPID + `","result":{"auth_id":"auth-0003","policy_key":"` + policyKey + `","country":"jp","result":{"full_name":"佐藤花子","date_of_birth":"1991-05-06"},` +
				`"kyc":{"schema_version":"kyc_result.v1","status":"approved","completed_at":"2026-03-02T10:05:00Z"}}}`,
			enter: result(tw, byTomoIDV, ""),
		}, []string{
			`"user_id":"attempt-2"`, `"policy_key":"jp:default"`, `"policy_key":"` + policyKey + `:x"`, `"country":"us"`, `"status":"rejected"`, `"status":"pending_review"`,
			`"completed_at":"2025-03-02T10:05:00Z"`, `"auth_id":"41415926535897932384626433832795028841"`, `"result":null`, `"kyc":null`,
		}},
		{&door{
			name: "veriffkyc.Result", limit: noLimit, shape: reflect.TypeFor[struct{}](), refused: []error{kyc.ErrInvalidAnswer}, asItIs: true,
			clean: `{"status":"success","verification":{"id":"` + veriffSession + `","attemptId":"` + veriffAttempt + `","vendorData":"` + tomoUser + `","status":"approved","code":9001,"reasonCode":null,` +
				`"decisionTime":"2026-03-02T10:11:48.476Z","person":{"dateOfBirth":"1990-02-28"}}}`,
			enter: result(vw, byVeriff, veriffSession),
		}, []string{
			`"status":"fail"`, `"id":"` + veriffAttempt + `"`, `"vendorData":"41415926535897932384626433832795028841"`, `"status":"declined"`, `"code":9102`, `"reasonCode":105`, `"dateOfBirth":"2024-02-28"`,
			`"verification":null`,
		}},
	}
}

func kycDoors() []*door {
	var out []*door
	for _, p := range portables() {
		out = append(out, p.door)
	}
	return append(out, webhookNotice(), returnRoute(), webhookRoute())
}

// webhookNotice is a webhook for kyc, signed rightly.
func webhookNotice() *door {
	provider := webhooked()
	return &door{
		name: "veriffkyc.ParseWebhook", limit: 1 << 20, shape: reflect.TypeFor[veriffDecision](), refused: []error{kyc.ErrInvalidNotice}, anyKind: true, asItIs: true,
		clean: `{"status":"success","verification":{"id":"` + veriffSession + `","vendorData":"` + tomoUser + `","status":"approved","code":9001,"decisionTime":"2026-03-02T10:11:48.476Z"}}`,
		enter: func(doc []byte) (any, error) {
			return known(provider.ParseWebhook(http.Header{"X-Auth-Client": {veriffKey}, "X-Hmac-Signature": {veriffHMAC(doc)}}, doc))
		},
	}
}

func webhooked() *veriffkyc.Provider {
	verifier := must(veriff.NewVerifier(veriffKey, veriffSecret))
	pending := &wire{status: http.StatusOK, body: []byte(`{"status":"success","verification":null}`)}
	return must(veriffkyc.New(veriffClient(pending), veriffkyc.Config{Verifier: verifier}))
}

// routes serves the routes of kychttp for a provider, with one check begun.
func routes(provider kyc.Provider) (http.Handler, *kychttp.MemoryStore) {
	store := kychttp.NewMemoryStore()
	service := must(kychttp.New(kychttp.Config{
		BaseURL: "https://shop.example/verify", Providers: []kyc.Provider{provider}, Store: store,
		Begin: func(*http.Request, string) (*kyc.StartRequest, error) {
			return &kyc.StartRequest{Reference: "account-1"}, nil
		},
		Owns:     func(*http.Request, string) bool { return true },
		OnResult: func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error { return nil },
	}))
	return service.Handler(), store
}

// webhookRoute tells of a webhook by its status alone.
func webhookRoute() *door {
	d := webhookNotice()
	handler, _ := routes(webhooked())
	d.name, d.refused, d.says = "kychttp webhook", nil, "status 400"
	d.enter = func(doc []byte) (any, error) {
		r := httptest.NewRequest(http.MethodPost, "https://shop.example/verify/veriff/webhook", bytes.NewReader(doc))
		r.Header = http.Header{"X-Auth-Client": {veriffKey}, "X-Hmac-Signature": {veriffHMAC(doc)}}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Body.Len() > 0 {
			return nil, fmt.Errorf("%sstatus %d", w.Body, w.Code)
		}
		return w.Code, nil
	}
	return d
}

// returnRoute tells what the stored check claims after a return. One that cannot
// be read claims nothing.
func returnRoute() *door {
	w := &wire{status: http.StatusServiceUnavailable}
	handler, store := routes(must(iamportkyc.New(iamportClient(w), iamportkyc.Config{UserCode: "imp00000000", ChannelKey: "channel-1"})))
	begun := httptest.NewRecorder()
	handler.ServeHTTP(begun, httptest.NewRequest(http.MethodPost, "https://shop.example/verify/iamport/start", nil))
	id := begun.Header().Get("Location")
	id = id[strings.LastIndex(id, "/")+1:]
	return &door{
		name: "kychttp return", limit: 60 << 10, inner: true, lost: "<html>", asItIs: true,
		clean: `{"imp_uid":"` + iamportUID + `","merchant_uid":"` + id + `","success":true}`,
		shape: reflect.TypeFor[struct {
			ImpUID      string `json:"imp_uid"`
			MerchantUID string `json:"merchant_uid"`
			Success     bool   `json:"success"`
		}](),
		enter: func(doc []byte) (any, error) {
			err := store.Update(context.Background(), id, func(_ context.Context, row *kychttp.Record) error {
				row.Check.VendorID, row.Check.VendorIDClaimed, row.Result = "", false, nil
				return nil
			})
			if err != nil {
				return nil, err
			}
			r := httptest.NewRequest(http.MethodPost, "https://shop.example/verify/iamport/return/"+id, bytes.NewReader(doc))
			for _, cookie := range begun.Result().Cookies() {
				r.AddCookie(cookie)
			}
			handler.ServeHTTP(httptest.NewRecorder(), r)
			record, err := store.Get(context.Background(), id)
			if err != nil {
				return nil, err
			}
			return record.Check.VendorID, nil
		},
	}
}

// Whatever is written beside what keeps a person out, nobody is let in by it, and
// whatever is written for what lets one in, nothing else does.
func TestNobodyIsLetInByHostileJSON(t *testing.T) {
	tried := 0
	for _, p := range portables() {
		approved := func(doc string) bool {
			got, err := p.enter([]byte(doc))
			result, ok := got.(kyc.Result)
			return err == nil && ok && result.Status == kyc.StatusApproved
		}
		require.True(t, approved(p.clean), "%s: the clean document", p.name)
		members := membersOf(t, p.clean, p.shape)
		for _, deny := range p.deny {
			key, _, _ := strings.Cut(deny, ":")
			var hit bool
			for _, m := range members {
				if m.key != key {
					continue
				}
				denied := m.replaced(p.clean, deny)
				whole := m.key + ":" + m.value
				if approved(denied) {
					continue // another member of that name
				}
				hit = true
				others, same := spellings(m.key)
				others["escaped"] = same
				others["itself"] = m.key
				try := func(name, text string) {
					tried++
					assert.False(t, approved(m.replaced(p.clean, text)), "%s: %s %s: %s", p.name, deny, name, text)
				}
				for how, other := range others {
					try(how+" after", deny+","+other+":"+m.value)
					try(how+" before", other+":"+m.value+","+deny)
					try(how+" within another", deny+`,"unknown":{`+other+":"+m.value+"}")
					try(how+" in an array", m.key+`:[{`+other+":"+m.value+"}]")
					if how != "escaped" && how != "itself" && !slices.Contains(optional, m.path) {
						try(how+" alone", other+":"+m.value)
					}
				}
				if !slices.Contains(anyText, m.path) && !slices.Contains(optional, m.path) {
					for _, text := range hostileWords(m.value) {
						try("replaced", m.key+":"+text)
					}
				}
				try("with a brace that ends the object", deny+"}}}"+whole)
			}
			assert.True(t, hit, "%s: %s keeps nobody out", p.name, deny)
		}
	}
	t.Logf("%d documents", tried)
}

var (
	// anyText lists members of which one text is as good as another.
	anyText = []string{"response.unique_key", "result.auth_id"}
	// optional lists members that need not be there.
	optional = []string{"user_id", "result.kyc.completed_at", "verification.reasonCode"}
)

// hostileWords are near a value, and are not it.
func hostileWords(value string) []string {
	text := strings.Trim(value, `"`)
	return []string{
		quote(strings.ToUpper(text) + "\x00"), quote(" " + text), quote(text + " "), quote(text + "\u200b"), quote(text + "\x00"), quote("\ufeff" + text), quote(text + "\n"),
		quote(strings.Replace(text, "a", "а", 1) + "а"), quote(strings.Replace(text, "e", "е", 1) + "е"), quote(text + "," + text), "[" + value + "]", `{"value":` + value + "}", `{"` + text + `":true}`,
		quote(quote(text)), "[[" + value + "]]", "[]", "{}", "1e0", "1.0", quote("1"), quote("yes"), quote("TRUE"), "1",
	}
}

// Stored JSON is the application's own, read by encoding/json alone, which takes
// keys in any case and the last of two. What is no JSON, or does not fit, is
// refused under both.
func TestStoredJSON(t *testing.T) {
	check := `{"version":1,"id":"` + tomoUser + `","provider":"veriff","reference":"account-1","return_url":"https://shop.example/back","vendor_id":"` + veriffSession + `",` +
		`"vendor_id_claimed":true,"url":"https://alchemy.example/v/1","started_at":"2026-03-02T10:00:00Z","expires_at":"2026-03-09T10:00:00Z"}`
	result := fixture("kyc", "testdata", "result.json")
	for _, d := range []*door{
		{name: "kyc.Check", clean: check, shape: reflect.TypeFor[kyc.Check](), enter: stored[kyc.Check]},
		{name: "kyc.Result", clean: result, shape: reflect.TypeFor[kyc.Result](), enter: stored[kyc.Result]},
		{name: "kychttp.Record", clean: `{"check":` + check + `,"started":true,"browser":"x","result":` + result + `,"latest":"approved","asked_at":"2026-03-02T10:00:00Z","open":false}`,
			shape: reflect.TypeFor[kychttp.Record](), enter: stored[kychttp.Record]},
	} {
		require.NoError(t, d.try(t, d.clean).err)
		attacks := slices.Concat(cut(d.clean, 1), onWhole(d.clean))
		seen := map[reflect.Type]bool{}
		for i, m := range membersOf(t, d.clean, d.shape) {
			if !seen[m.typ] {
				attacks = append(attacks, onValues(d.clean, m, true, true)...)
			}
			seen[m.typ] = true
			if i%7 == 0 {
				attacks = append(attacks, onGrammar(d.clean, m)...)
			}
			for how, doc := range map[string][2]string{
				"last of two":  {m.key + ":null," + m.key + ":" + m.value, m.key + ":" + m.value},
				"in capitals":  {strings.ToUpper(m.key) + ":" + m.value, m.key + ":" + m.value},
				"with no name": {`"":0`, `"unknown":0`},
			} {
				attacks = append(attacks, attack{m.path + " " + how, m.replaced(d.clean, doc[0]), outcome{as: m.replaced(d.clean, doc[1])}})
			}
		}
		for i, a := range attacks {
			if i%every != 0 {
				continue
			}
			got := d.try(t, a.doc)
			switch {
			case a.refused == notUTF8:
				want := d.try(t, validUTF8(a.doc))
				assert.Equal(t, want.value, got.value, "%s: %s", d.name, a.name)
				assert.Equal(t, want.err == nil, got.err == nil, "%s: %s", d.name, a.name)
			case a.refused != "":
				assert.Error(t, got.err, "%s: %s", d.name, a.name)
			default:
				want := d.try(t, a.as)
				assert.Equal(t, want.value, got.value, "%s: %s", d.name, a.name)
			}
		}
	}
}

// validUTF8 replaces each byte that is not UTF-8, as encoding/json does.
func validUTF8(doc string) string {
	var b strings.Builder
	for _, r := range doc {
		b.WriteRune(r)
	}
	return b.String()
}

func stored[T any](doc []byte) (any, error) {
	var v T
	if err := json.Unmarshal(doc, &v); err != nil {
		return nil, err
	}
	return v, nil
}
