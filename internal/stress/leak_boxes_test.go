package stress_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
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

// marshalled are the types whose exported fields are not all in their JSON, and
// the fields that are not.
var marshalled = map[string]string{
	"kyc.Result": "Vendor", "kychttp.Record": "Result.Vendor", // the vendor's own type, which is not stored
	"kyc.Error": "Kind Err", "kychttp.Page": "Result.Vendor Err", // which are for looking at now
}

// What holds a person's data goes into storage as it is; what is unexported, a
// credential or a body, does not go anywhere.
func TestJSONHasWhatIsExported(t *testing.T) {
	for _, s := range slices.Concat(partly, whole, shownOf(hidden)) {
		typ := reflect.TypeOf(s.pointer).Elem()
		t.Run(typ.String(), func(t *testing.T) {
			v, marks := filled(t, s.pointer, nil)
			text, err := json.Marshal(v.Addr().Interface())
			if holdsFunction(typ) {
				return // it is for a call, and not for storage
			}
			require.NoError(t, err)
			for _, m := range marks {
				exported := isExported(m.path) && !slices.Contains(strings.Fields(marshalled[typ.String()]), m.path)
				assert.Equal(t, exported, m.in(string(text)), "%s in JSON", m.path)
			}
			for _, encode := range []func(*bytes.Buffer) error{
				func(b *bytes.Buffer) error { return gob.NewEncoder(b).Encode(v.Addr().Interface()) },
				func(b *bytes.Buffer) error { return xml.NewEncoder(b).Encode(v.Addr().Interface()) },
			} {
				var b bytes.Buffer
				_ = encode(&b) // which not all types can be
				for _, m := range marks {
					assert.False(t, !isExported(m.path) && m.in(b.String()), "%s in gob or XML", m.path)
				}
			}
		})
	}
}

func shownOf(pointers []any) (all []shown) {
	for _, pointer := range pointers {
		all = append(all, shown{pointer: pointer})
	}
	return all
}

func isExported(path string) bool {
	for field := range strings.SplitSeq(path, ".") {
		if field != "" && (field[0] < 'A' || field[0] > 'Z') {
			return false
		}
	}
	return true
}

// holdsFunction tells whether encoding/json refuses a type.
func holdsFunction(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for field := range t.Fields() {
		if field.IsExported() && (field.Type.Kind() == reflect.Func || field.Type.Kind() == reflect.Chan) {
			return true
		}
	}
	return false
}

// panics tells a process that it is here to panic.
const panics = "KYCKIT_STRESS_PANICS"

// What the runtime prints of a panic is the text of an error and of a Stringer,
// and of a string by any name: tomoidv.PPID is the only one that could hide
// itself, and does not.
func TestPanicsShowNothing(t *testing.T) {
	var values []any
	var all []mark
	may := map[string]bool{}
	f := &filling{}
	for _, s := range slices.Concat(partly, whole, shownOf(hidden)) {
		v := reflect.New(reflect.TypeOf(s.pointer).Elem()).Elem()
		name := v.Type().String()
		if v.Kind() == reflect.String {
			continue
		}
		f.marks = nil
		f.fill(v, "")
		values = append(values, v.Interface(), v.Addr().Interface())
		for _, m := range f.marks {
			may[name+"."+m.path] = slices.Contains(strings.Fields(s.fields), m.path)
			all = append(all, mark{name + "." + m.path, m.looks})
		}
	}
	if os.Getenv(panics) != "" {
		go panicWith(values)
		select {}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), panics+"=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, len(values), strings.Count(string(out), "panic: "), "panics that were printed")
	for _, m := range all {
		assert.False(t, !may[m.path] && m.in(string(out)), m.path)
	}
}

// panicWith panics with each value while it panics with the one before, so that
// the runtime prints them all.
func panicWith(values []any) {
	defer func() {
		if len(values) > 1 {
			panicWith(values[1:])
		}
	}()
	panic(values[0])
}

// What holds a credential keeps it where not even what sees past all methods
// finds it: fmt in a caller's unexported field, and testify's Diff.
func TestCredentialsStayInTheirBoxes(t *testing.T) { synctest.Test(t, testCredentialsStayInTheirBoxes) }

func testCredentialsStayInTheirBoxes(t *testing.T) {
	all := holders(t)
	synctest.Wait() // what goes on in the background would change what is looked at
	for name, holder := range all {
		v := reflect.ValueOf(holder.value)
		type hides struct{ any any }
		field := reflect.StructField{Name: "hidden", PkgPath: "stress", Type: v.Type()}
		unexported := reflect.New(reflect.StructOf([]reflect.StructField{field})).Elem()
		reflect.NewAt(v.Type(), unexported.Field(0).Addr().UnsafePointer()).Elem().Set(v)
		byValue := field
		byValue.Type = v.Type().Elem()
		copied := reflect.New(reflect.StructOf([]reflect.StructField{byValue})).Elem()
		reflect.NewAt(byValue.Type, copied.Field(0).Addr().UnsafePointer()).Elem().Set(v.Elem())

		texts := map[string]string{}
		for how, x := range map[string]any{
			"itself": holder.value, "a pointer": unexported.Interface(), "a value": copied.Interface(),
			"any": hides{holder.value}, "any value": hides{v.Elem().Interface()},
		} {
			for _, verb := range printVerbs {
				texts[how+" under "+verb] = fmt.Sprintf(verb, x)
			}
			texts[how+" in a Diff"] = fails(func(t assert.TestingT) {
				assert.Equal(t, x, reflect.Zero(reflect.TypeOf(x)).Interface())
				assert.ElementsMatch(t, []any{x}, []any{1})
			})
			encoded, _ := json.Marshal(x)
			texts[how+" in JSON"] = string(encoded)
		}
		for _, secret := range holder.secrets {
			require.NotEmpty(t, secret)
		}
		assertShowsNone(t, name, texts, holder.secrets)
	}
}

type holderOf struct {
	value   any
	secrets []string
}

// holders gives what holds credentials, and has used them.
func holders(t *testing.T) map[string]holderOf {
	t.Helper()
	ctx := context.Background()
	hc := func(rt http.RoundTripper) *http.Client { return &http.Client{Transport: rt} }

	imp := iamporttest.NewServer(t, iamporttest.WithoutListener())
	impClient, err := iamport.NewClient(imp.APIKey, imp.APISecret, iamport.WithBaseURL(imp.URL), iamport.WithHTTPClient(hc(imp.RoundTripper())))
	require.NoError(t, err)
	impUID, err := imp.Certify(iamporttest.Attempt{MerchantUID: "attempt-1"}, iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01"})
	require.NoError(t, err)
	cert, err := impClient.Certification(ctx, impUID)
	require.NoError(t, err)
	impSecrets := []string{imp.APIKey, imp.APISecret, strings.TrimPrefix(imp.Requests()[1].Header.Get("Authorization"), "Bearer ")}
	impProvider, err := iamportkyc.New(impClient, iamportkyc.Config{UserCode: "imp00000000", ChannelKey: "channel-key-1"})
	require.NoError(t, err)

	tomo := tomoidvtest.NewServer(t, tomoidvtest.WithoutListener())
	tomoClient, err := tomoidv.NewClient(tomo.ClientID, tomo.SecretKey, tomoidv.WithBaseURL(tomo.URL), tomoidv.WithHTTPClient(hc(tomo.RoundTripper())))
	require.NoError(t, err)
	_, err = tomoClient.Start(ctx, &tomoidv.StartRequest{UserID: kyc.NewCheckID(), Country: "jp"})
	require.NoError(t, err)
	tomoSecrets := []string{tomo.ClientID, tomo.SecretKey, strings.TrimPrefix(tomo.Requests()[1].Header.Get("Authorization"), "Bearer ")}
	tomoProvider, err := tomoidvkyc.New(tomoClient, tomoidvkyc.Config{Country: "jp", Policy: tomoPolicy})
	require.NoError(t, err)

	srv := verifftest.NewServer(t, verifftest.WithoutListener())
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL), veriff.WithHTTPClient(hc(srv.RoundTripper())))
	require.NoError(t, err)
	const previous = "synthetic-previous-secret-5149"
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret, veriff.WithPreviousSecret(previous))
	require.NoError(t, err)
	secrets := []string{srv.APIKey, srv.Secret}
	provider, err := veriffkyc.New(client, veriffkyc.Config{Verifier: verifier})
	require.NoError(t, err)
	handler, err := veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error { return nil }, veriff.ConfirmWith(client))
	require.NoError(t, err)

	store := kychttp.NewMemoryStore()
	check, err := kyc.NewCheck("veriff", &kyc.StartRequest{Reference: "account-of-mirae-hong"})
	require.NoError(t, err)
	require.NoError(t, store.Create(ctx, &kychttp.Record{Check: *check, AskedAt: time.Unix(0, 0), Open: true}))
	stored := []string{check.ID, check.Reference}
	service, err := kychttp.New(kychttp.Config{
		Providers: []kyc.Provider{impProvider, tomoProvider, provider}, Store: store, BaseURL: "https://shop.example/verify",
		Begin:    func(*http.Request, string) (*kyc.StartRequest, error) { return nil, nil },
		Owns:     func(*http.Request, string) bool { return false },
		OnResult: func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error { return nil },
		Logger:   slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	options := []any{veriff.WithPreviousSecret(previous), iamport.WithTokenStore(nil), tomoidv.WithKeyID(previous)}

	return map[string]holderOf{
		"iamport.Client": {impClient, impSecrets}, "iamportkyc.Provider": {impProvider, impSecrets},
		"iamport.Meta":   {new(cert.Meta()), []string{string(cert.Meta().Raw())[:40], impUID, "홍미래"}},
		"tomoidv.Client": {tomoClient, tomoSecrets}, "tomoidvkyc.Provider": {tomoProvider, tomoSecrets},
		"veriff.Client": {client, secrets}, "veriff.Verifier": {verifier, append(secrets, previous)}, "veriffkyc.Provider": {provider, append(secrets, previous)},
		"veriff.NewWebhookHandler": {handler, append(secrets, previous)},
		"options":                  {&options, []string{previous}},
		"kychttp.MemoryStore":      {store, stored},
		"kychttp.Service":          {service, slices.Concat(impSecrets, tomoSecrets, secrets, stored, []string{previous})},
	}
}
