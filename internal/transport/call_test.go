package transport_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/internal/transport"
)

func TestCheckID(t *testing.T) {
	for _, id := range []string{"a", "...", ".a", "a.b", "%2e%2e", "a%2Fb", "a b", "a?b#c", "한글", "a:b@c", strings.Repeat("x", 256)} {
		assert.NoError(t, transport.CheckID("session id", id), "%q", id)
	}
	for name, tc := range map[string]struct{ id, want string }{
		"empty":         {"", "session id is empty"},
		"257 bytes":     {strings.Repeat("x", 257), "session id is over 256 bytes"},
		"long in bytes": {strings.Repeat("한", 86), "session id is over 256 bytes"},
		"dot":           {".", "session id is a dot element"},
		"dots":          {"..", "session id is a dot element"},
		"slash":         {"a/b", "session id has a slash or backslash"},
		"backslash":     {`a\b`, "session id has a slash or backslash"},
		"newline":       {"a\nb", "session id has a control character"},
		"NUL":           {"a\x00", "session id has a control character"},
		"DEL":           {"a\x7f", "session id has a control character"},
		"C1":            {"a\u0085", "session id has a control character"},
		"last C1":       {"a\u009f", "session id has a control character"},
		"bytes":         {"a\xff", "session id is not UTF-8"},
		"surrogate":     {"a\xed\xa0\x80", "session id is not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) { assert.EqualError(t, transport.CheckID("session id", tc.id), tc.want) })
	}
}

func TestCheckSaysWhatDoWould(t *testing.T) {
	sent := 0
	client := inMemory(t, func(*http.Request) (*http.Response, error) { sent++; return respond(200, "{}"), nil })
	for name, call := range map[string]*transport.Call{
		"good":       {Method: http.MethodGet, Route: "/v1/{id}", Args: []string{"a b"}},
		"bad method": {Method: "G ET", Route: "/v1"},
		"bad route":  {Method: http.MethodGet, Route: "//host/v1"},
		"bad id":     {Method: http.MethodGet, Route: "/v1/{id}", Args: []string{".."}},
		"no id":      {Method: http.MethodGet, Route: "/v1/{id}"},
		"bad header": {Method: http.MethodGet, Route: "/v1", Header: http.Header{"A": {"\n"}}},
	} {
		_, err := client.Do(t.Context(), call)
		if name == "good" {
			require.NoError(t, err)
			require.NoError(t, call.Check())
			continue
		}
		require.Error(t, err, name)
		require.ErrorIs(t, err, call.Check(), name)
	}
	assert.Equal(t, 1, sent)
}

func TestRequest(t *testing.T) {
	var got *http.Request
	var body []byte
	client := inMemory(t, func(r *http.Request) (*http.Response, error) {
		got, body = r, nil
		if r.Body != nil {
			body, _ = io.ReadAll(r.Body)
		}
		return respond(201, "made"), nil
	})
	header := http.Header{"X-Auth-Client": {"key"}}
	answer, err := client.Do(t.Context(), &transport.Call{
		Op: "Op", Method: http.MethodPatch, Route: "/v1/sessions/{id}/media/{kind}", Args: []string{"a b%2F?#한", "c+d"},
		Query: url.Values{"version": {"1.0.0"}, "q": {"a&b"}}, Header: header, Body: []byte(`{}`),
	})
	require.NoError(t, err)
	assert.Equal(t, 201, answer.StatusCode)
	assert.Equal(t, "made", string(answer.Body))
	assert.Equal(t, 1, answer.Attempts)
	assert.False(t, answer.ReceivedAt.IsZero())
	assert.Equal(t, http.MethodPatch, got.Method)
	assert.Equal(t, "https://api.example/prefix/v1/sessions/a%20b%252F%3F%23%ED%95%9C/media/c+d?q=a%26b&version=1.0.0", got.URL.String())
	assert.Equal(t, "/v1/sessions/{id}/media/{kind}", got.Pattern)
	assert.Equal(t, "key", got.Header.Get("X-Auth-Client"))
	assert.Equal(t, "application/json", got.Header.Get("Accept"))
	assert.Equal(t, "application/json", got.Header.Get("Content-Type"))
	assert.Equal(t, int64(2), got.ContentLength)
	assert.Equal(t, `{}`, string(body))
	assert.Equal(t, http.Header{"X-Auth-Client": {"key"}}, header, "the caller's header is as it was")

	got.Header.Set("X-Auth-Client", "changed by a RoundTripper")
	assert.Equal(t, "key", header.Get("X-Auth-Client"))

	_, err = client.Do(t.Context(), &transport.Call{Method: http.MethodPost, Route: "/azAZ09-._~",
		Header: http.Header{"Accept": {"text/plain"}, "Content-Type": {"application/x-www-form-urlencoded"}, "Authorization": {"Basic YTpi\tx"}},
		Body:   []byte("a=b")})
	require.NoError(t, err)
	assert.Equal(t, "https://api.example/prefix/azAZ09-._~", got.URL.String(), "no query, no question mark")
	assert.Equal(t, "Basic YTpi\tx", got.Header.Get("Authorization"))
	assert.Equal(t, "text/plain", got.Header.Get("Accept"))
	assert.Equal(t, "application/x-www-form-urlencoded", got.Header.Get("Content-Type"))

	_, err = client.Do(t.Context(), again())
	require.NoError(t, err)
	assert.Empty(t, got.Header.Get("Content-Type"), "no body, no type")
	assert.Empty(t, body)
}

func TestRefusedBeforeSending(t *testing.T) {
	client := inMemory(t, func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return respond(200, ""), nil
	})
	for name, tc := range map[string]struct {
		call transport.Call
		want string
	}{
		"id":               {transport.Call{Route: "/a/{session id}", Args: []string{"x/y"}}, "session id has a slash or backslash"},
		"empty id":         {transport.Call{Route: "/a/{id}", Args: []string{""}}, "id is empty"},
		"second id":        {transport.Call{Route: "/a/{id}/{kind}", Args: []string{"x", ".."}}, "kind is a dot element"},
		"missing argument": {transport.Call{Route: "/a/{id}"}, "route has more placeholders than arguments"},
		"extra argument":   {transport.Call{Route: "/a", Args: []string{"x"}}, "route has fewer placeholders than arguments"},
		"no route":         {transport.Call{}, "route does not begin with a slash"},
		"relative route":   {transport.Call{Route: "a"}, "route does not begin with a slash"},
		"other host":       {transport.Call{Route: "//evil.example/a"}, "route has an element that is neither plain text nor a placeholder"},
		"dots in route":    {transport.Call{Route: "/a/../b"}, "route has an element that is neither plain text nor a placeholder"},
		"query in route":   {transport.Call{Route: "/a?b=c"}, "route has an element that is neither plain text nor a placeholder"},
		"fragment":         {transport.Call{Route: "/a#b"}, "route has an element that is neither plain text nor a placeholder"},
		"escape in route":  {transport.Call{Route: "/a%2e"}, "route has an element that is neither plain text nor a placeholder"},
		"half placeholder": {transport.Call{Route: "/a/{id", Args: []string{"x"}}, "route has an element that is neither plain text nor a placeholder"},
		"partial element":  {transport.Call{Route: "/a/x{id}", Args: []string{"x"}}, "route has an element that is neither plain text nor a placeholder"},
		"method":           {transport.Call{Method: "GET /", Route: "/a"}, "method is not an HTTP method"},
		"header name":      {transport.Call{Route: "/a", Header: http.Header{"X Y": {"v"}}}, "header has an invalid name"},
		"header value":     {transport.Call{Route: "/a", Header: http.Header{"X-Key": {"v", "a\r\nb"}}}, "header X-Key has a control character"},
		"DEL in header":    {transport.Call{Route: "/a", Header: http.Header{"X-Key": {"a\x7f"}}}, "header X-Key has a control character"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.call.Op = "Op"
			if tc.call.Method == "" {
				tc.call.Method = http.MethodGet
			}
			failed := do(t.Context(), t, client, &tc.call)
			assert.EqualError(t, failed, "Op: invalid request: "+tc.want)
			assert.Equal(t, transport.ClassInvalidRequest, failed.Class)
			assert.Zero(t, failed.Attempts)
			assert.Nil(t, failed.Answer)
			assert.False(t, failed.Unconfirmed)
		})
	}
	t.Run("no method", func(t *testing.T) {
		assert.EqualError(t, do(t.Context(), t, client, &transport.Call{Op: "Op", Route: "/a"}), "Op: invalid request: method is not an HTTP method")
	})
	t.Run("no context", func(t *testing.T) {
		var none context.Context
		assert.EqualError(t, do(none, t, client, again()), "Read: invalid request: context is nil")
	})
}

func TestCallIsHidden(t *testing.T) {
	secrettest.AssertHidden(t, secrettest.Fill(transport.Call{}))
}

// Whatever the route and the ids, a call is refused before anything is sent, or
// goes to the host and below the prefix of the base URL, along that route and no
// other, with each id whole in the one element that is its own.
func FuzzRoute(f *testing.F) {
	ids := []string{"imp_000000000001", "a", "..", "%2e%2e", "a/b", "a b?c#d", "한글", "a\x00", "+&=;,:@", "%", ".%2f", `..\..`, "@evil.example", "a\u0085"}
	for i, route := range []string{
		"/users/getToken", "/certifications/{imp_uid}", "/certifications/otp/confirm/{imp_uid}", "/v1/idv/result/bulk-delete",
		"/v1/sessions/{id}/decision", "/v1/sessions/{id}/watchlist-screening", "/v1/media/{id}", "/a/{x}/{y}", "/{}", "//evil.example/{id}",
		"/a/../{id}", "/{a}{b}", "/a?b={id}", "/a?b/{id}", "/a#b/{id}", "/a%2e/{id}", "/{{id}}", "@evil.example/{id}",
	} {
		for j, id := range ids {
			f.Add(route, id, ids[(i+j)%len(ids)], byte(strings.Count(route, "{")), "1.0.0&x=y#z")
		}
	}
	const base = "https://api.example/prefix"
	var sent *url.URL
	client := inMemory(f, func(r *http.Request) (*http.Response, error) {
		sent = r.URL
		return respond(200, ""), nil
	})
	f.Fuzz(func(t *testing.T, route, first, second string, count byte, version string) {
		sent = nil
		args := []string{first, second}[:count%3]
		_, err := client.Do(t.Context(), &transport.Call{
			Op: "Op", Method: http.MethodGet, Route: route, Args: args, Query: url.Values{"version": {version}},
		})
		if !goes(route, args) {
			require.Equal(t, transport.ClassInvalidRequest, failure(t, nil, err).Class)
			require.Nil(t, sent)
			return
		}
		require.NoError(t, err)
		require.Equal(t, "https", sent.Scheme)
		require.Equal(t, "api.example", sent.Host)
		require.Nil(t, sent.User)
		text, below := strings.CutPrefix(sent.String(), base)
		require.True(t, below, text)
		require.NotContains(t, text, "#")
		path, query, _ := strings.Cut(text, "?")
		require.Equal(t, "version="+version, decoded(t, strings.ReplaceAll(query, "+", "%20")))
		require.NotContains(t, query, "&")

		want, got := strings.Split(route, "/"), strings.Split(path, "/")
		require.Len(t, got, len(want), path)
		for i, element := range want {
			if strings.HasPrefix(element, "{") {
				element, args = args[0], args[1:]
				require.NotContains(t, []string{"", ".", ".."}, element)
			}
			require.Equal(t, element, decoded(t, got[i]), path)
		}
		require.Empty(t, args)
	})
}

var plainRoute = regexp.MustCompile(`^(/([-A-Za-z0-9._~:@!$&'()*+,;=]+|\{[^{}/]*\}))+$`)

// goes tells whether a call is one that can be sent: see Call.Route and CheckID.
func goes(route string, args []string) bool {
	elements := strings.Split(route, "/")
	good := plainRoute.MatchString(route) && strings.Count(route, "{") == len(args) &&
		!slices.Contains(elements, ".") && !slices.Contains(elements, "..")
	for _, id := range args {
		good = good && id != "" && len(id) <= 256 && id != "." && id != ".." && utf8.ValidString(id)
		for _, r := range id {
			good = good && r != '/' && r != '\\' && r >= ' ' && (r < 0x7f || r > 0x9f)
		}
	}
	return good
}

// decoded takes the percent signs out of one element of a URL by hand, and wants
// nothing beside them that could end the element.
func decoded(tb testing.TB, element string) string {
	tb.Helper()
	var out []byte
	for i := 0; i < len(element); i++ {
		c := element[i]
		if c == '%' {
			n, err := strconv.ParseUint(element[i+1:i+3], 16, 8)
			require.NoError(tb, err, element)
			c, i = byte(n), i+2
		} else {
			require.True(tb, c > ' ' && c < 0x7f && !strings.ContainsRune(`/\?#`, rune(c)), "%q in %s", c, element)
		}
		out = append(out, c)
	}
	return string(out)
}
