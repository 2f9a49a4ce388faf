package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

// whole is an environment in which nothing is missing.
func whole() map[string]string {
	return map[string]string{
		"ONBOARDING_BASE_URL": "https://maru.example", "ONBOARDING_PEPPER": strings.Repeat("0f", kyc.MinPepper),
		"VERIFF_API_KEY": "marker-1", "VERIFF_SHARED_SECRET": "marker-2", "VERIFF_BASE_URL": "https://veriff.example",
		"IAMPORT_REST_API_KEY": "marker-3", "IAMPORT_REST_API_SECRET": "marker-4", "IAMPORT_USER_CODE": "imp00000000", "IAMPORT_CHANNEL_KEY": "marker-5",
		"TOMOIDV_CLIENT_ID": "marker-6", "TOMOIDV_SECRET_KEY": "marker-7",
	}
}

func in(environment map[string]string) lookup {
	return func(name string) (string, bool) { value, ok := environment[name]; return value, ok }
}

func TestSettings(t *testing.T) {
	s, err := liveSettings(in(whole()))
	require.NoError(t, err)
	assert.Equal(t, kyc.EnvironmentLive, s.vendors.environment)
	assert.Empty(t, s.windows)
	assert.Empty(t, s.vendors.iamportBaseURL+s.vendors.iamportScriptURL+s.vendors.tomoidvBaseURL)

	one := whole()
	maps.DeleteFunc(one, func(name, _ string) bool {
		return strings.HasPrefix(name, "TOMOIDV") || strings.HasPrefix(name, "VERIFF")
	})
	_, err = liveSettings(in(one))
	assert.NoError(t, err, "one vendor is enough")
}

// Whatever is missing or mistyped, the program does not start, and says which
// variable it is.
func TestProgramWantsCredentials(t *testing.T) {
	for name := range whole() {
		for how, spoil := range map[string]func(map[string]string){
			"missing":  func(e map[string]string) { delete(e, name) },
			"empty":    func(e map[string]string) { e[name] = "" },
			"blank":    func(e map[string]string) { e[name] = " " },
			"mistyped": func(e map[string]string) { e[name+"S"] = e[name]; delete(e, name) },
		} {
			environment := whole()
			spoil(environment)
			code, _, stderr := runIn(t, environment)
			assert.Equal(t, 2, code, "%s %s", name, how)
			assert.Contains(t, stderr, name, how)
			assert.NotContains(t, stderr, "marker", "a value is nobody's business")
		}
	}
	code, _, stderr := runIn(t, nil)
	assert.Equal(t, 2, code)
	for name := range whole() {
		assert.Contains(t, stderr, name)
	}
}

func TestProgramRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change map[string]string
		args   []string
		says   string
	}{
		"a pepper that is short":           {map[string]string{"ONBOARDING_PEPPER": strings.Repeat("0f", kyc.MinPepper-1)}, nil, "ONBOARDING_PEPPER must be"},
		"a pepper that is not hex":         {map[string]string{"ONBOARDING_PEPPER": strings.Repeat("xy", kyc.MinPepper)}, nil, "ONBOARDING_PEPPER must be"},
		"a site without TLS":               {map[string]string{"ONBOARDING_BASE_URL": "http://127.0.0.1:8500"}, nil, "ONBOARDING_BASE_URL must be"},
		"a site with a path":               {map[string]string{"ONBOARDING_BASE_URL": "https://maru.example/x"}, nil, "ONBOARDING_BASE_URL must be"},
		"a fake for Veriff":                {map[string]string{"VERIFF_BASE_URL": "http://127.0.0.1:8401"}, nil, "VERIFF_BASE_URL must be"},
		"-fake with credentials":           {nil, []string{"-fake"}, "VERIFF_API_KEY"},
		"-fake with a database":            {nil, []string{"-fake", "-db", "onboarding.db"}, "-fake has a database of its own"},
		"-fake with staff":                 {nil, []string{"-fake", "-add-staff", "kim@maru.example"}, "-fake has a database of its own"},
		"-fake for the network":            {nil, []string{"-fake", "-addr", ":8500"}, "-fake listens on a loopback address alone"},
		"-fake for the network, by a name": {nil, []string{"-fake", "-addr", "maru.example:8500"}, "-fake listens on a loopback address alone"},
		"an argument":                      {nil, []string{"serve"}, `unexpected argument "serve"`},
		"a flag":                           {nil, []string{"-fakes"}, "-fakes"},
	} {
		t.Run(name, func(t *testing.T) {
			environment := whole()
			maps.Copy(environment, test.change)
			code, stdout, stderr := runIn(t, environment, test.args...)
			assert.Equal(t, 2, code)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, test.says)
		})
	}
	for name := range whole() {
		code, _, stderr := runIn(t, map[string]string{name: ""}, "-fake")
		assert.Equal(t, 2, code, "-fake with an empty %s", name)
		assert.Contains(t, stderr, name)
	}
	code, stdout, _ := runIn(t, nil, "-h")
	assert.Zero(t, code)
	for _, name := range slices.Sorted(maps.Keys(whole())) {
		assert.Contains(t, stdout, name)
	}
}

func runIn(t *testing.T, environment map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Chdir(t.TempDir()) // for a database that must not be there
	// What should have been refused, and starts, ends at once.
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	var out, err bytes.Buffer
	code = run(ctx, args, in(environment), &out, &err)
	return code, out.String(), err.String()
}

// TestFake is the one command of the README, from its start to Ctrl-C.
func TestFake(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	reader, writer := io.Pipe()
	ended := make(chan int, 1)
	var stderr logged
	go func() {
		ended <- run(ctx, []string{"-fake", "-addr", "127.0.0.1:0"}, in(nil), writer, &stderr)
		_ = writer.Close()
	}()
	var address, password string
	for address == "" || password == "" {
		var word string
		_, err := fmt.Fscan(reader, &word)
		require.NoError(t, err, stderr.String())
		switch {
		case strings.HasPrefix(word, "http://") && address == "":
			address = word
		case word == "password":
			_, err := fmt.Fscan(reader, &password)
			require.NoError(t, err)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	client := &http.Client{Timeout: patience}
	answer, err := client.Get(address)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	b := newClient(t, address)
	assert.Equal(t, "/staff", b.post("/signin", "email", "staff@maru.example", "password", password).Header.Get("Location"))
	interrupt()
	select {
	case code := <-ended:
		assert.Zero(t, code, stderr.String())
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
	_, err = client.Get(address)
	assert.Error(t, err)
}

func TestAddStaff(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	var out bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"-add-staff", "kim@maru.example"}, in(nil), &out, io.Discard))
	fields := strings.Fields(out.String())
	password := fields[len(fields)-1]
	db := newDatabase(t, "onboarding.db")
	who, err := db.signIn(t.Context(), "KIM@maru.example", password)
	require.NoError(t, err)
	assert.True(t, who.Staff)

	_, err = db.signUp(t.Context(), "lee@maru.example", testPassword)
	require.NoError(t, err)
	var stderr bytes.Buffer
	assert.Equal(t, 1, run(t.Context(), []string{"-add-staff", "lee@maru.example"}, in(nil), io.Discard, &stderr), "whoever signed up does not become staff")
	assert.Contains(t, stderr.String(), "there is an account with this address")
}
