package verifftest_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// A user's program meets every documented code that a request can provoke.
// There is no request for 1003, an id that has been used already: no call takes
// an id of the caller's choice. The table beside the client was transcribed from
// the sources.
func TestEveryDocumentedCode(t *testing.T) {
	verification := func(v string, opts ...verifftest.Option) func(*testing.T) answer {
		return func(t *testing.T) answer { return create(t, start(t, opts...), v) }
	}
	signedWith := func(method, path string, header func(srv *verifftest.Server, id string) []string, opts ...verifftest.Option) func(*testing.T) answer {
		return func(t *testing.T) answer {
			srv := start(t, opts...)
			body := `{"verification":{}}`
			id := "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"
			if method == "GET" {
				body = ""
			}
			return send(t, inProcess(srv), method, srv.URL+"/v1"+strings.Replace(path, "{id}", id, 1), body, header(srv, id)...)
		}
	}
	key := func(value string) func(*verifftest.Server, string) []string {
		return func(*verifftest.Server, string) []string { return []string{"X-AUTH-CLIENT", value} }
	}
	signature := func(name, value string) func(*verifftest.Server, string) []string {
		return func(srv *verifftest.Server, _ string) []string {
			return []string{"X-AUTH-CLIENT", srv.APIKey, name, value}
		}
	}
	own := func(srv *verifftest.Server, _ string) []string { return []string{"X-AUTH-CLIENT", srv.APIKey} }
	query := func(id string) func(*testing.T) answer {
		return func(t *testing.T) answer { return decision(t, start(t), id) }
	}
	media := func(body string) func(*testing.T) answer {
		return func(t *testing.T) answer {
			srv := start(t)
			return upload(t, srv, created(t, srv, `{}`), body)
		}
	}
	submission := func(body string) func(*testing.T) answer {
		return func(t *testing.T) answer {
			srv := start(t)
			return submit(t, srv, created(t, srv, `{}`), body)
		}
	}
	const foreign = "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"
	hash := strings.Repeat("0", 64)
	const decisionPath = "/sessions/{id}/decision"
	codes := map[string]func(*testing.T) answer{
		"1001": query("abc"),
		"1002": query(strings.Repeat("a", 30)),
		"1101": signedWith("POST", "/sessions", key(foreign), verifftest.WithOldKeyRefusals()),
		"1102": verification(`null`),
		"1104": verification(`{"person":1}`),
		"1201": verification(`{"timestamp":"2016-05-19T08:30:25.597Z"}`),
		"1202": verification(`{"timestamp":"today"}`),
		"1203": verification(`{"person":{"dateOfBirth":"31.1.1990"}}`),
		"1301": verification(`{"features":["video"]}`),
		"1302": verification(`{"callback":"http://a.invalid"}`),
		"1303": submission(`{"verification":{"status":"done"}}`),
		"1304": submission(`{"verification":{"status":"submitted"}}`),
		"1308": verification(`{}`, verifftest.WithRegistryChecks()),
		"1309": verification(`{"person":{"idNumber":"7"}}`, verifftest.WithRegistryChecks()),
		"1310": verification(`{"person":{"idNumber":"7","fullName":"A"}}`, verifftest.WithRegistryChecks()),
		"1400": media(`{"image":{"context":"face"}}`),
		"1401": media(`{"image":{"context":"face","content":"?"}}`),
		"1402": media(image("back", jpegFile)),
		"1403": media(`{}`),
		"1500": verification(`{"vendorData":"` + strings.Repeat("a", 1001) + `"}`),
		"1501": verification(`{"vendorData":1}`),
		"1801": signedWith("POST", "/sessions", func(*verifftest.Server, string) []string { return nil }),
		"1802": signedWith("POST", "/sessions", key("a")),
		"1803": signedWith("POST", "/sessions", key(foreign)),
		"1804": signedWith("POST", "/sessions", own, verifftest.WithInactiveIntegration()),
		"1812": signedWith("POST", "/sessions", signature("X-SIGNATURE", "a")),
		"1813": signedWith("GET", decisionPath, signature("X-SIGNATURE", hash)),
		"1814": signedWith("POST", "/sessions", signature("X-SIGNATURE", hash)),
		"1815": signedWith("GET", decisionPath, own),
		"1818": signedWith("GET", decisionPath, signature("X-HMAC-SIGNATURE", hash)),
		"1819": signedWith("POST", "/sessions", signature("X-HMAC-SIGNATURE", hash)),
		"2003": verification(`{"person":{"dateOfBirth":"1990-02-30"}}`),
		"2101": verification(`{"document":{"number":"A"}}`, verifftest.WithDocumentNumberLength()),
		"2102": verification(`{"document":{"number":"A-1"}}`),
		"2103": verification(`{"document":{"type":"VISA"}}`),
		"2104": verification(`{"document":{"country":"UK"}}`),
	}
	table, err := os.ReadFile("../testdata/tables/error_codes.tsv")
	require.NoError(t, err)
	var documented []string
	for _, row := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		if code, _, _ := strings.Cut(row, "\t"); code != "1003" {
			documented = append(documented, code)
		}
	}
	require.Len(t, documented, 36)
	require.ElementsMatch(t, documented, slices.Collect(maps.Keys(codes)))
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		t.Run(code, func(t *testing.T) {
			a := codes[code](t)
			object := a.object(t)
			require.Equal(t, "fail", object["status"], a.body)
			assert.Equal(t, code, object["code"], "a string")
			assert.NotEmpty(t, object["message"])
			want := 400
			if strings.HasPrefix(code, "18") || code == "1101" {
				want = 401
			}
			assert.Equal(t, want, a.status)
		})
	}
}
