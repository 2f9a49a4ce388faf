package stress_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/veriff"
)

const (
	shy      = "shy-77310-secret"
	tooLong  = 1 << 17
	loopback = "http://127.0.0.1:9"
)

// tomoKey is a secret key as TomoIDV's console issues it.
var tomoKey = func() string {
	key := good.PrivateKey.(*ecdsa.PrivateKey)
	point, err := key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		panic(err)
	}
	d, err := key.Bytes()
	if err != nil {
		panic(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return `{"kty":"EC","crv":"P-256","x":"` + encode(point[1:33]) + `","y":"` + encode(point[33:]) + `","d":"` + encode(d) + `"}`
}()

// hostile are strings that nobody should pass, each with a secret in it.
func hostile() []string {
	return []string{
		shy, shy + "\n", " " + shy, "\x00" + shy, shy + "\xff", "<" + shy + ">", "../" + shy, "/" + shy, "{" + shy + "}", `"` + shy + `"`, "{\"" + shy + "\":1,\"" + shy + "\":2}",
		"https://user:" + shy + "@shop.example/" + shy + "?" + shy + "#" + shy, "http://" + shy, "https://[" + shy, "https://shop.example/%" + shy, "mailto:" + shy,
		strings.Repeat(shy, tooLong/len(shy)), shy + "=" + shy + "&" + shy, shy + "." + shy + "." + shy, "1999-" + shy,
	}
}

// functions are all that packages export and that can fail. What a test passes
// to each comes from its type.
var functions = map[string]any{
	"iamport.NewClient":          func(key, secret string) error { return errorOf(iamport.NewClient(key, secret)) },
	"iamport.ParseReturn":        iamport.ParseReturn,
	"iamport.WithBaseURL":        func(s string) error { return iamportWith(iamport.WithBaseURL(s)) },
	"iamport.WithUserAgent":      func(s string) error { return iamportWith(iamport.WithUserAgent(s)) },
	"iamport.WithHTTPClient":     func(*http.Client) error { return iamportWith(iamport.WithHTTPClient(nil)) },
	"iamport.WithLogger":         func() error { return iamportWith(iamport.WithLogger(nil)) },
	"iamport.WithMaxAttempts":    func(n int) error { return iamportWith(iamport.WithMaxAttempts(n)) },
	"iamport.WithAttemptTimeout": func(d time.Duration) error { return iamportWith(iamport.WithAttemptTimeout(-d)) },
	"iamport.WithStaticHost":     func(string) error { return iamportWith(iamport.WithStaticHost(), iamport.WithBaseURL(loopback)) },
	"iamport.WithTokenStore":     func() error { return iamportWith(iamport.WithTokenStore(nil)) },

	"tomoidv.NewClient":             func(id, key string) error { return errorOf(tomoidv.NewClient(id, key)) },
	"tomoidv.ParseReturn":           tomoidv.ParseReturn,
	"tomoidv.WithBaseURL":           func(s string) error { return tomoidvWith(tomoidv.WithBaseURL(s)) },
	"tomoidv.WithUserAgent":         func(s string) error { return tomoidvWith(tomoidv.WithUserAgent(s)) },
	"tomoidv.WithHTTPClient":        func(*http.Client) error { return tomoidvWith(tomoidv.WithHTTPClient(nil)) },
	"tomoidv.WithLogger":            func() error { return tomoidvWith(tomoidv.WithLogger(nil)) },
	"tomoidv.WithMaxAttempts":       func(n int) error { return tomoidvWith(tomoidv.WithMaxAttempts(n)) },
	"tomoidv.WithAttemptTimeout":    func(d time.Duration) error { return tomoidvWith(tomoidv.WithAttemptTimeout(-d)) },
	"tomoidv.WithAssertionLifetime": func(d time.Duration) error { return tomoidvWith(tomoidv.WithAssertionLifetime(-d)) },
	"tomoidv.WithAudience":          func(s string) error { return tomoidvWith(tomoidv.WithAudience(s)) },
	"tomoidv.WithContractVersion":   func(s string) error { return tomoidvWith(tomoidv.WithContractVersion(s)) },
	"tomoidv.WithKeyID":             func(s string) error { return tomoidvWith(tomoidv.WithKeyID(s)) },
	"tomoidv.WithResource":          func(s string) error { return tomoidvWith(tomoidv.WithResource(s)) },
	"tomoidv.WithSandbox":           func(string) error { return tomoidvWith(tomoidv.WithSandbox(), tomoidv.WithBaseURL(loopback)) },
	"tomoidv.WithScope":             func(s string) error { return tomoidvWith(tomoidv.WithScope(s)) },
	"tomoidv.WithTokenStore":        func() error { return tomoidvWith(tomoidv.WithTokenStore(nil)) },

	"veriff.NewClient": func(key, secret string) error {
		return errorOf(veriff.NewClient(key, secret, veriff.WithBaseURL(loopback)))
	},
	"veriff.NewVerifier": func(key, secret string) error { return errorOf(veriff.NewVerifier(key, secret)) },
	"veriff.NewWebhookHandler": func(key, other string) error {
		verifier, err := veriff.NewVerifier(key, "secret")
		if err != nil {
			return err
		}
		client, err := veriff.NewClient(other+"x", "secret", veriff.WithBaseURL(loopback))
		if err != nil {
			return err
		}
		return errorOf(veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error { return nil }, veriff.ConfirmWith(client)))
	},
	"veriff.ConfirmWith":           func(client *veriff.Client) error { return handlerWith(veriff.ConfirmWith(client)) },
	"veriff.WithDeduper":           func() error { return handlerWith(veriff.WithDeduper(nil)) },
	"veriff.WithBaseURL":           func(s string) error { return veriffWith(veriff.WithBaseURL(s)) },
	"veriff.WithUserAgent":         func(s string) error { return veriffWith(veriff.WithBaseURL(loopback), veriff.WithUserAgent(s)) },
	"veriff.WithHTTPClient":        func(*http.Client) error { return veriffWith(veriff.WithHTTPClient(nil)) },
	"veriff.WithLogger":            func() error { return veriffWith(veriff.WithLogger(nil)) },
	"veriff.WithMaxAttempts":       func(n int) error { return veriffWith(veriff.WithMaxAttempts(n)) },
	"veriff.WithAttemptTimeout":    func(d time.Duration) error { return veriffWith(veriff.WithAttemptTimeout(-d)) },
	"veriff.WithLegacyAPI":         func(s string) error { return veriffWith(veriff.WithLegacyAPI(), veriff.WithBaseURL(s)) },
	"veriff.WithSignedAnswersOnly": func(s string) error { return veriffWith(veriff.WithSignedAnswersOnly(), veriff.WithBaseURL(s)) },
	"veriff.WithPreviousSecret": func(s string) error {
		return errorOf(veriff.NewVerifier("key", "secret", veriff.WithPreviousSecret(s)))
	},
	"veriff.WithLegacySignature": func(h http.Header, body []byte) error {
		verifier, err := veriff.NewVerifier("key", "secret", veriff.WithLegacySignature())
		if err != nil {
			return err
		}
		return verifier.Verify(h, body)
	},

	"kyc.NewCheck": kyc.NewCheck,
	"kyc.Launch":   func(check *kyc.Check) (template.HTML, error) { return kyc.Launch(nobody{}, check) },
	"kyc.Erase": func(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
		return kyc.Erase(ctx, nobody{}, check)
	},
	"kyc.ParseReturn":  func(r *http.Request) (*kyc.Notice, error) { return kyc.ParseReturn(nobody{}, r) },
	"kyc.ParseWebhook": func(r *http.Request) (*kyc.Notice, error) { return kyc.ParseWebhook(nobody{}, r) },

	"kychttp.New": func(base, done string) error {
		return errorOf(kychttp.New(kychttp.Config{
			Providers: []kyc.Provider{nobody{}}, Store: kychttp.NewMemoryStore(), BaseURL: base, DoneURL: done,
			Begin:    func(*http.Request, string) (*kyc.StartRequest, error) { return nil, nil },
			Owns:     func(*http.Request, string) bool { return false },
			OnResult: func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error { return nil },
		}))
	},
	"iamportkyc.New": func(s string, age int) error {
		client, err := iamport.NewClient("key", "secret")
		return errors.Join(err, errorOf(iamportkyc.New(client, iamportkyc.Config{UserCode: s, ChannelKey: s, PG: s, ScriptURL: s, Tier: s, MinimumAge: age})),
			errorOf(iamportkyc.New(client, iamportkyc.Config{UserCode: s, ChannelKey: s})), errorOf(iamportkyc.New(client, iamportkyc.Config{UserCode: "imp1", ChannelKey: "c", Tier: s})))
	},
	"tomoidvkyc.New": func(s string) error {
		client, err := tomoidv.NewClient("id", tomoKey)
		return errors.Join(err, errorOf(tomoidvkyc.New(client, tomoidvkyc.Config{Country: tomoidv.Country(s), Policy: tomoPolicy})),
			errorOf(tomoidvkyc.New(client, tomoidvkyc.Config{Country: "jp", Policy: tomoidv.Policy{Preset: s}})),
			errorOf(tomoidvkyc.New(client, tomoidvkyc.Config{Country: "jp", Policy: tomoPolicy, ClientID: s})),
			errorOf(tomoidvkyc.New(client, tomoidvkyc.Config{Country: "jp", Policy: tomoPolicy, Environment: kyc.Environment(s)})))
	},
	"veriffkyc.New": func(s string) error {
		client, err := veriff.NewClient("key", "secret", veriff.WithBaseURL(loopback))
		return errors.Join(err, errorOf(veriffkyc.New(client, veriffkyc.Config{DocumentCountries: []string{s}})),
			errorOf(veriffkyc.New(client, veriffkyc.Config{Environment: kyc.Environment(s)})))
	},
}

func errorOf[T any](_ T, err error) error { return err }

func iamportWith(options ...iamport.Option) error {
	return errorOf(iamport.NewClient("key", "secret", options...))
}
func tomoidvWith(options ...tomoidv.Option) error {
	return errorOf(tomoidv.NewClient("id", tomoKey, options...))
}
func veriffWith(options ...veriff.Option) error {
	return errorOf(veriff.NewClient("key", "secret", options...))
}

func handlerWith(option veriff.HandlerOption) error {
	verifier, err := veriff.NewVerifier("key", "secret")
	if err != nil {
		return err
	}
	return errorOf(veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error { return nil }, option))
}

// nobody is a provider that parses everything and knows nothing.
type nobody struct{}

func (nobody) Name() string { return "nobody" }

func (nobody) Start(context.Context, *kyc.StartRequest) (*kyc.Check, error) { return nil, io.EOF }

func (nobody) Result(context.Context, *kyc.Check) (*kyc.Result, error) { return nil, io.EOF }

func (nobody) ParseReturn(*http.Request) (*kyc.Notice, error) {
	return nil, &kyc.Error{Kind: kyc.ErrInvalidNotice}
}

func (nobody) ParseWebhook(http.Header, []byte) (*kyc.Notice, error) {
	return nil, &kyc.Error{Kind: kyc.ErrSignature}
}

// A function that is new, and can fail, needs an entry.
func TestEveryFunctionIsCalled(t *testing.T) {
	assert.ElementsMatch(t, slices.Collect(maps.Keys(functions)), readSurface(t).functions)
}

// No function and no method of any type repeats an argument in its error.
func TestNoArgumentIsShown(t *testing.T) { synctest.Test(t, testNoArgumentIsShown) }

func testNoArgumentIsShown(t *testing.T) {
	calls := map[string]reflect.Value{}
	for name, f := range functions {
		calls[name] = reflect.ValueOf(f)
	}
	for name, receiver := range receivers(t) {
		for i := range receiver.NumMethod() {
			if method := receiver.Type().Method(i); canFail(receiver.Method(i).Type()) {
				calls[name+"."+method.Name] = receiver.Method(i)
			}
		}
	}
	assert.Greater(t, len(calls), 150)
	for name, f := range calls {
		seen := map[string]bool{}
		for _, text := range hostile() {
			said, err := callWith(t, f, text)
			if err == nil || seen[err.Error()] {
				continue
			}
			seen[err.Error()] = true
			if repeats[name] == "" {
				said = append(said, shy)
			}
			assertShowsNone(t, fmt.Sprintf("%s with %.60q", name, text), tree(err), said)
		}
		assert.False(t, functions[name] != nil && len(seen) == 0, "%s never fails", name)
	}
}

// repeats are the calls whose error shows a text that they were given, and why.
var repeats = map[string]string{
	"kyc.Check.Validate":        "the name of the provider that asks",
	"veriff.Time.UnmarshalText": "it is time.Time's, and nothing calls it: encoding/json takes UnmarshalJSON",
}

// canFail tells whether a function gives an error.
func canFail(f reflect.Type) bool {
	return f.NumOut() > 0 && f.Out(f.NumOut()-1) == reflect.TypeFor[error]()
}

// receivers are values of all exported types: those that hold personal data with
// marks in them, and those that send with a network where nobody answers.
func receivers(t *testing.T) map[string]reflect.Value {
	t.Helper()
	all := map[string]reflect.Value{}
	for _, s := range slices.Concat(partly, whole, shownOf(hidden)) {
		v, _ := filled(t, s.pointer, nil)
		all[v.Type().String()] = v.Addr()
	}
	for name, holder := range holders(t) {
		if v := reflect.ValueOf(holder.value); v.Type().Elem().Kind() == reflect.Struct {
			all[name] = v
		}
	}
	down := &http.Client{Transport: down{}}
	imp, err := iamport.NewClient("key", "secret", iamport.WithHTTPClient(down))
	require.NoError(t, err)
	tomo, err := tomoidv.NewClient("id", tomoKey, tomoidv.WithHTTPClient(down))
	require.NoError(t, err)
	client, err := veriff.NewClient("key", "secret", veriff.WithBaseURL(loopback), veriff.WithHTTPClient(down))
	require.NoError(t, err)
	for _, client := range []any{imp, tomo, client} {
		all[reflect.TypeOf(client).Elem().String()+", down"] = reflect.ValueOf(client)
	}
	for name, scalar := range map[string]any{
		"iamport.Tristate": new(iamport.Tristate), "iamport.UnixTime": new(iamport.UnixTime), "tomoidv.Number": new(tomoidv.Number), "tomoidv.Text": new(tomoidv.Text),
		"tomoidv.Timestamp": new(tomoidv.Timestamp), "tomoidv.Tristate": new(tomoidv.Tristate), "veriff.Number": new(veriff.Number), "veriff.Text": new(veriff.Text),
		"veriff.Tristate": new(veriff.Tristate), "veriff.DecisionCode": new(veriff.DecisionCode), "veriff.ErrorCode": new(veriff.ErrorCode),
		"veriff.EventCode": new(veriff.EventCode), "veriff.ReasonCode": new(veriff.ReasonCode), "kyc.Status": new(kyc.Status),
	} {
		all[name] = reflect.ValueOf(scalar)
	}
	return all
}

// down is a network where nobody answers, and which says in its error whom it
// asked, as net/http's client does.
type down struct{}

func (down) RoundTrip(r *http.Request) (*http.Response, error) {
	text := r.Method + " " + r.URL.String()
	if r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		text += string(body)
	}
	return nil, &url.Error{Op: r.Method, URL: r.URL.String(), Err: errors.New(text + fmt.Sprint(r.Header))}
}

// callWith calls f with text wherever it fits, and gives what else it was told.
func callWith(t *testing.T, f reflect.Value, text string) (said []string, err error) {
	t.Helper()
	var args []reflect.Value
	for i := range f.Type().NumIn() {
		if f.Type().IsVariadic() && i == f.Type().NumIn()-1 {
			break
		}
		arg, marks := argument(t, f.Type().In(i), text)
		args = append(args, arg)
		for _, m := range marks {
			said = append(said, m.looks...)
		}
	}
	defer func() {
		if p := recover(); p != nil { // of a receiver that nobody made
			assert.NotContains(t, fmt.Sprint(p), shy)
		}
	}()
	results := f.Call(args)
	err, _ = results[len(results)-1].Interface().(error)
	return said, err
}

func argument(t *testing.T, typ reflect.Type, text string) (reflect.Value, []mark) {
	t.Helper()
	v := reflect.New(typ).Elem()
	switch {
	case typ == reflect.TypeFor[context.Context]():
		return reflect.ValueOf(t.Context()), nil
	case typ == reflect.TypeFor[*http.Request]():
		return reflect.ValueOf(hostileRequest(t, text)), nil
	case typ == reflect.TypeFor[http.Header]():
		return reflect.ValueOf(http.Header{"X-Auth-Client": {text}, "X-Hmac-Signature": {text}, "X-Signature": {text}}), nil
	case typ == reflect.TypeFor[io.Writer]():
		return reflect.ValueOf(io.Discard), nil
	case typ == reflect.TypeFor[time.Time]():
		return reflect.ValueOf(time.Now()), nil
	case typ.Kind() == reflect.String:
		v.SetString(text)
	case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Uint8:
		v.SetBytes([]byte(text))
	case typ.Kind() == reflect.Slice:
		elem, _ := argument(t, typ.Elem(), text)
		v.Set(reflect.Append(v, elem))
	case typ.Kind() == reflect.Int || typ.Kind() == reflect.Int64:
		v.SetInt(int64(len(text)) * 1000)
	case typ.Kind() == reflect.Pointer && ours(typ.Elem()):
		f := &filling{}
		v.Set(reflect.New(typ.Elem()))
		f.fill(v.Elem(), "")
		replace(v.Elem(), text)
		return v, f.marks
	}
	return v, nil
}

// replace puts text into one exported field of text after the other, as its
// length has it.
func replace(v reflect.Value, text string) {
	var fields []reflect.Value
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if v.CanSet() {
				fields = append(fields, v)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(v)
	for i, field := range fields {
		if i%2 == len(text)%2 {
			field.SetString(text)
		}
	}
}

func hostileRequest(t *testing.T, text string) *http.Request {
	t.Helper()
	body := text
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://shop.example/back", bytes.NewReader([]byte(body)))
	r.URL.RawQuery = "imp_uid=" + url.QueryEscape(text) + "&merchant_uid=" + url.QueryEscape(text) + "&token=" + url.QueryEscape(text) + "&" + text
	r.Header.Set("X-Auth-Client", text)
	r.Header.Set("X-Hmac-Signature", text)
	r.Header.Set("Content-Type", []string{"application/json", "application/x-www-form-urlencoded", text}[len(text)%3])
	if len(text)%2 == 0 {
		r.Method = http.MethodGet
	}
	return r
}
