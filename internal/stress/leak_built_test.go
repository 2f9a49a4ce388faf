package stress_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// A builder makes of a client what is built on it.
type builder struct {
	provider func(w *world, client any) (kyc.Provider, error)
	// finish lets the person of a check finish, and gives what the browser comes
	// back with.
	finish func(w *world, check *kyc.Check) (query string, err error)
	// The routes that a provider's methods call, "" for none.
	start, result, erase string
}

var builders = map[string]builder{
	"iamport": {
		provider: func(w *world, client any) (kyc.Provider, error) {
			return iamportkyc.New(client.(*iamport.Client), iamportkyc.Config{
				UserCode: "imp00000000", ChannelKey: w.state.(iamportState).srv.ChannelKeyOf(iamporttest.Danal), MinimumAge: 19,
			})
		},
		finish: func(w *world, check *kyc.Check) (string, error) {
			impUID, err := w.state.(iamportState).srv.Certify(iamporttest.Attempt{MerchantUID: check.ID},
				iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01", Gender: "female", Phone: "01000004321"})
			check.VendorID, check.VendorIDClaimed = impUID, true
			return "imp_uid=" + impUID + "&merchant_uid=" + check.ID + "&success=true", err
		},
		result: string(iamporttest.CertificationRoute), erase: string(iamporttest.DeleteCertificationRoute),
	},
	"tomoidv": {
		provider: func(_ *world, client any) (kyc.Provider, error) {
			return tomoidvkyc.New(client.(*tomoidv.Client), tomoidvkyc.Config{Country: "jp", Policy: tomoPolicy, MinimumAge: 19})
		},
		finish: func(w *world, check *kyc.Check) (string, error) {
			return "", w.fake.(*tomoidvtest.Server).Pass(check.ID, tomoidvtest.Person{FullName: "Hanako Sato", GivenName: "Hanako", DateOfBirth: "1990-01-31"})
		},
		start: string(tomoidvtest.StartRoute), result: string(tomoidvtest.ResultRoute), erase: string(tomoidvtest.DeleteResultRoute),
	},
	"veriff": {
		provider: func(w *world, client any) (kyc.Provider, error) {
			srv := w.fake.(*verifftest.Server)
			verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
			if err != nil {
				return nil, err
			}
			return veriffkyc.New(client.(*veriff.Client), veriffkyc.Config{Verifier: verifier, MinimumAge: 19})
		},
		finish: func(w *world, check *kyc.Check) (string, error) {
			srv := w.fake.(*verifftest.Server)
			if err := srv.Submit(check.VendorID); err != nil {
				return "", err
			}
			return "", srv.Approve(check.VendorID, verifftest.Person{FirstName: "Mirae", LastName: "Hong-Baeksu", DateOfBirth: "1990-03-01", IDNumber: "900301-2000007"})
		},
		start: string(verifftest.CreateSessionRoute), result: string(verifftest.DecisionRoute), erase: string(verifftest.DeleteSessionRoute),
	},
}

// A method of a provider's is called over an echo, or over hostile arguments.
func TestEveryMethodOfAProviderIsCalled(t *testing.T) {
	for name, methods := range map[reflect.Type]string{
		reflect.TypeFor[*iamportkyc.Provider](): "Erase Launch Name ParseReturn Result Start",
		reflect.TypeFor[*tomoidvkyc.Provider](): "Erase Name Result Start",
		reflect.TypeFor[*veriffkyc.Provider]():  "Erase Name ParseWebhook Result Start",
		reflect.TypeFor[*kychttp.Service]():     "Format Handler LogValue PagePath Refresh Sweep",
	} {
		var all []string
		for i := range name.NumMethod() {
			all = append(all, name.Method(i).Name)
		}
		assert.Equal(t, strings.Fields(methods), all, name)
	}
}

var hints = kyc.Hints{FullName: "Mirae Hong-Baeksu", Email: "mirae.hong@shop.example", BirthDate: "1990-03-01"}

const account = "account-of-mirae"

// built are the calls of what is built on a vendor's client.
func built(vendorName string) map[string]spokenCall {
	b := builders[vendorName]
	calls := map[string]spokenCall{
		"Provider.Result": b.call(b.result, func(ctx context.Context, p kyc.Provider, check *kyc.Check) error {
			_, err := p.Result(ctx, check)
			return err
		}),
		"Provider.Erase": b.call(b.result, erase), "Provider.Erase, deleting": b.call(b.erase, erase),
		"Service return":  b.serve(b.result, func(s *site, r *http.Request) { r.URL.Path = s.path("return"); r.URL.RawQuery = s.query }),
		"Service page":    b.serve(b.result, func(s *site, r *http.Request) { r.URL.Path = s.path("check") }),
		"Service.Refresh": b.serve(b.result, nil),
	}
	if b.start != "" {
		calls["Provider.Start"] = b.call(b.start, func(ctx context.Context, p kyc.Provider, _ *kyc.Check) error {
			_, err := p.Start(ctx, &kyc.StartRequest{Reference: account, ReturnURL: "https://shop.example/back", Hints: hints})
			return err
		})
		calls["Service start"] = b.serve(b.start, func(s *site, r *http.Request) { r.Method, r.URL.Path = http.MethodPost, "/verify/"+s.provider+"/start" })
	}
	if vendorName == "veriff" {
		calls["NewWebhookHandler"] = b.handle()
		calls["Service webhook"] = b.serve(b.result, func(s *site, r *http.Request) {
			announce(s.world, r)
			r.URL.Path = "/verify/veriff/webhook"
		})
	}
	return calls
}

// announce makes of r the last webhook of Veriff's.
func announce(w *world, r *http.Request) {
	webhooks := w.fake.(*verifftest.Server).Webhooks()
	webhook := webhooks[len(webhooks)-1]
	r.Method, r.Header, r.Body = http.MethodPost, webhook.Header, io.NopCloser(bytes.NewReader(webhook.Body))
}

// handle is of a webhook's handler that asks the API before it calls back, which
// panics with what it has got.
func (b builder) handle() spokenCall {
	return spokenCall{route: b.result, prepare: func(t *testing.T, w *world) func(context.Context, any, *slog.Logger) told {
		b.begun(t, w)
		return func(ctx context.Context, client any, log *slog.Logger) told {
			srv := w.fake.(*verifftest.Server)
			verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret, veriff.WithLogger(log))
			require.NoError(t, err)
			handler, err := veriff.NewWebhookHandler(verifier, func(_ context.Context, webhook veriff.Webhook) error {
				panic(string(webhook.Meta().Raw()))
			}, veriff.ConfirmWith(client.(*veriff.Client)))
			require.NoError(t, err)
			r, rec := httptest.NewRequestWithContext(ctx, http.MethodPost, "https://shop.example/webhook", nil), httptest.NewRecorder()
			announce(w, r)
			handler.ServeHTTP(rec, r)
			assert.NotEqual(t, http.StatusOK, rec.Code)
			return told{texts: []string{answerOf(rec)}}
		}
	}}
}

func answerOf(rec *httptest.ResponseRecorder) string {
	answer := rec.Body.String()
	for name, values := range rec.Header() {
		answer += name + ": " + strings.Join(values, " ") + "\n"
	}
	return answer
}

func erase(ctx context.Context, p kyc.Provider, check *kyc.Check) error {
	_, err := p.(kyc.Eraser).Erase(ctx, check)
	return err
}

// begun is a check whose person has finished it, and that the vendor approved.
func (b builder) begun(t *testing.T, w *world) *kyc.Check {
	t.Helper()
	clean, err := b.provider(w, w.clean)
	require.NoError(t, err)
	check, err := clean.Start(t.Context(), &kyc.StartRequest{Reference: account, ReturnURL: "https://shop.example/back", Hints: hints})
	require.NoError(t, err)
	_, err = b.finish(w, check)
	require.NoError(t, err)
	w.secrets = append(w.secrets, check.ID, account)
	return check
}

// call is of a provider's method about a check that is approved.
func (b builder) call(route string, do func(context.Context, kyc.Provider, *kyc.Check) error) spokenCall {
	return spokenCall{route: route, anew: route == b.erase, prepare: func(t *testing.T, w *world) func(context.Context, any, *slog.Logger) told {
		check := b.begun(t, w)
		return func(ctx context.Context, client any, _ *slog.Logger) told {
			p, err := b.provider(w, client)
			require.NoError(t, err)
			return told{err: do(ctx, p, check)}
		}
	}}
}

// A site is an application with a Service in it, whose person has begun a check
// and finished it at the vendor.
type site struct {
	world    *world
	provider string
	store    kychttp.Store
	check    *kyc.Check
	cookies  []*http.Cookie
	query    string // with which the browser comes back
}

func (s *site) path(action string) string {
	return "/verify/" + s.provider + "/" + action + "/" + s.check.ID
}

func (s *site) service(t *testing.T, provider kyc.Provider, log *slog.Logger) *kychttp.Service {
	t.Helper()
	service, err := kychttp.New(kychttp.Config{
		Providers: []kyc.Provider{provider}, Store: s.store, BaseURL: "https://shop.example/verify", Logger: log,
		Begin: func(*http.Request, string) (*kyc.StartRequest, error) {
			return &kyc.StartRequest{Reference: account, Hints: hints}, nil
		},
		Owns:     func(_ *http.Request, reference string) bool { return reference == account },
		OnResult: func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error { return nil },
	})
	require.NoError(t, err)
	return service
}

// serve is of a Service's route, or of Refresh. What it answers tells nothing of
// what the vendor said either, but where to go on.
func (b builder) serve(route string, request func(*site, *http.Request)) spokenCall {
	return spokenCall{route: route, prepare: func(t *testing.T, w *world) func(context.Context, any, *slog.Logger) told {
		clean, err := b.provider(w, w.clean)
		require.NoError(t, err)
		s := &site{world: w, provider: clean.Name(), store: kychttp.NewMemoryStore()}
		rec := httptest.NewRecorder()
		s.service(t, clean, nil).Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "https://shop.example/verify/"+s.provider+"/start", nil))
		s.cookies = rec.Result().Cookies()
		require.Len(t, s.cookies, 1)
		due, err := s.store.Due(t.Context(), time.Now().Add(time.Hour), 1)
		require.NoError(t, err)
		record, err := s.store.Get(t.Context(), due[0])
		require.NoError(t, err)
		s.check = &record.Check
		s.query, err = b.finish(w, s.check)
		require.NoError(t, err)
		require.NoError(t, s.store.Update(t.Context(), s.check.ID, func(_ context.Context, r *kychttp.Record) error {
			r.Check = *s.check
			return nil
		}))
		record, err = s.store.Get(t.Context(), due[0])
		require.NoError(t, err)
		w.secrets = append(w.secrets, account, s.cookies[0].Value, s.check.ID)
		return func(ctx context.Context, client any, log *slog.Logger) told {
			// As it was before the last echo.
			require.NoError(t, s.store.Update(ctx, s.check.ID, func(_ context.Context, r *kychttp.Record) error {
				*r = *record
				r.AskedAt = time.Now().Add(-time.Minute)
				return nil
			}))
			p, err := b.provider(w, client)
			require.NoError(t, err)
			service := s.service(t, p, log)
			if request == nil {
				return told{err: service.Refresh(ctx, 0)}
			}
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "https://shop.example/verify/x", nil)
			request(s, r)
			for _, cookie := range s.cookies {
				r.AddCookie(cookie)
			}
			rec := httptest.NewRecorder()
			service.Handler().ServeHTTP(rec, r)
			if rec.Code == http.StatusSeeOther && !strings.HasPrefix(rec.Header().Get("Location"), "/") {
				rec.Header().Del("Location") // to the vendor
			}
			rec.Header().Del("Set-Cookie")
			// Where to go on is by the check's id, for its own browser.
			return told{texts: []string{strings.NewReplacer(s.check.ID, "", url.PathEscape(s.check.ID), "").Replace(answerOf(rec))}}
		}
	}}
}
