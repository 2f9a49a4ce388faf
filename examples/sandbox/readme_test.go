package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The lines of README.md run as they stand, in one shell, but for the ports. A
// line that fails, or an answer that refuses, ends them.
func TestLinesOfTheReadme(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "openssl"} {
		_, err := exec.LookPath(tool)
		require.NoError(t, err, "README.md is written for %s; install the package %[1]s", tool)
	}
	s := begin(t)
	var mu sync.Mutex
	var webhooks []string
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		mac := hmac.New(sha256.New, []byte(value(t, s, "VERIFF_SHARED_SECRET")))
		mac.Write(body)
		assert.Equal(t, hex.EncodeToString(mac.Sum(nil)), r.Header.Get("X-HMAC-SIGNATURE"))
		mu.Lock()
		defer mu.Unlock()
		webhooks = append(webhooks, r.URL.Path+" "+string(body))
		if len(webhooks) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable) // to be delivered again
		}
	}))
	t.Cleanup(receiver.Close)

	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	lines := "set -euo pipefail\n"
	for _, fence := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllSubmatch(text, -1) {
		lines += string(fence[1])
	}
	for fixed, here := range map[string]string{
		"http://127.0.0.1:8400": s.url,
		"http://127.0.0.1:8401": s.vendor("veriff").URL,
		"http://127.0.0.1:8402": s.vendor("iamport").URL,
		"http://127.0.0.1:8403": s.vendor("tomoidv").URL,
		"http://127.0.0.1:3000": receiver.URL, // the application
	} {
		assert.Contains(t, string(text), fixed)
		lines = strings.ReplaceAll(lines, fixed, here)
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".curlrc"), []byte("fail-with-body\nshow-error\n"), 0o600))
	bash := exec.CommandContext(t.Context(), "bash")
	bash.Stdin = strings.NewReader(lines)
	bash.Dir = dir
	bash.Env = append(os.Environ(), "CURL_HOME="+dir, "no_proxy=127.0.0.1")
	var stderr strings.Builder
	bash.Stderr = &stderr
	stdout, err := bash.Output()
	require.NoError(t, err, "%s\n%s", stdout, stderr.String())

	rest := string(stdout)
	for _, answer := range []string{
		`Veriff: webhooks go to `,
		`"code":9001.*"firstName":"Mirae".*"status":"approved","vendorData":"attempt-1"`,
		`"certified":true.*"merchant_uid":"attempt-1","name":"홍미래"`,
		`TomoIDV: approve of attempt-1`,
		`"status":"approved".*"full_name":"佐藤花子"`,
		`Iamport: moved the clock by 31 minutes`,
		`Veriff: to happen to GET /v1/sessions/\{id\}/decision: 429`,
		`Veriff: nothing more is going to happen`,
		`Veriff: delivered again; 0 webhooks`,
	} {
		found := regexp.MustCompile(answer).FindStringIndex(rest)
		require.NotNil(t, found, "%s is not, or not in this place, in\n%s", answer, stdout)
		rest = rest[found[1]:]
	}
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, webhooks, 4)
	assert.Contains(t, webhooks[0], `/webhooks/veriff {"action":"started"`)
	assert.Contains(t, webhooks[1], `"action":"submitted"`)
	assert.Contains(t, webhooks[2], `"status":"approved"`)
	assert.Equal(t, webhooks[0], webhooks[3], "delivered again")
}

// What README.md has of the settings outside of a shell is what they are.
func TestSettingsInTheReadme(t *testing.T) {
	s := begin(t)
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, name := range []string{"IAMPORT_USER_CODE", "IAMPORT_CHANNEL_KEY"} {
		assert.Contains(t, string(text), `"`+value(t, s, name)+`"`, name)
	}
}

// value is a setting.
func value(t *testing.T, s *sandbox, name string) string {
	t.Helper()
	for _, v := range s.vendors {
		for _, x := range v.Settings {
			if x.Name == name {
				return x.Value
			}
		}
	}
	t.Fatalf("there is no setting %s", name)
	return ""
}
