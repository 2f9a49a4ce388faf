package kychttp_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

// Whatever goes through a Service, no log shows an id, a URL, a secret or
// personal data, though the log can be searched for the check.
func TestLogsShowNothing(t *testing.T) {
	v, w, store := newVendor("desk"), window{newVendor("window")}, newFlaky()
	s := newSite(t, []kyc.Provider{v, w}, withStore(store))
	account := "user-MARKER"
	b := s.browser(account)
	first := b.post(baseURL+"/desk/start", "name=MARKER")
	id, secret := v.started[0], first.cookies[0].Value
	second := b.begin("window")

	v.outcome[id] = kyc.Result{
		Status: kyc.StatusApproved, DecidedAt: noon, Reason: secrettest.Marker, VendorStatus: secrettest.Marker, ReasonCode: secrettest.Marker,
		Person: kyc.Person{FullName: secrettest.Marker}, Keys: []kyc.Key{{Kind: kyc.KeyCI, Value: secrettest.Marker}},
	}
	s.onNews = func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error { return errDatabase }
	s.webhook("desk", id, "session-"+id, "decided")
	s.onNews = func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error { panic(secrettest.Marker) }
	s.webhook("desk", id, "session-"+id, "decided")
	s.onNews = nil
	s.webhook("desk", id, "session-MARKER", "decided")
	s.webhook("desk", "MARKER")
	s.webhook("desk", id, "a", "b", "c")
	for _, fail := range []func(){
		func() { store.get = errDatabase }, func() { store.update = errDatabase }, func() { store.due, store.sweep = errDatabase, errDatabase },
	} {
		fail()
		s.webhook("desk", id)
		b.get(returnTo("desk", id))
		_ = s.service.Refresh(t.Context(), 0)
		_, _ = s.service.Sweep(t.Context(), 1e9)
		*store = flaky{MemoryStore: store.MemoryStore}
	}
	s.browser("user-66").get(returnTo("desk", id) + "?MARKER=MARKER")
	b.get(returnTo("window", second) + "?claim=imp-MARKER&check=" + id)
	b.get(returnTo("window", second) + "?claim=imp-MARKER")
	b.post(baseURL+"/window/start", "", "Sec-Fetch-Site", "cross-site", "Referer", "https://MARKER.example")
	require.Equal(t, http.StatusOK, s.webhook("desk", id, "session-"+id, "decided"))

	log := s.log.String()
	for _, marker := range []string{"MARKER", id, second, secret, s.record(id).Browser, "vendor.example", "session-", "imp-", "shop.example"} {
		assert.NotContains(t, log, marker)
	}
	assert.Contains(t, log, kychttp.LogID(id))
	assert.Len(t, kychttp.LogID(id), 12)
	for _, event := range []string{
		"check started", "result", "notice ignored", "webhook refused", "OnResult failed", "store failed", "panic", "cross-origin request refused",
	} {
		assert.True(t, s.log.has("kychttp: "+event), event)
	}
}

// born panics below a call that has a person's number as an argument, which the
// runtime's own stack would have as well.
//
//go:noinline
func born(ymd int) error { panic([]int{ymd}) }

func TestPanicsShowNoArgument(t *testing.T) {
	const ymd = 0x1caca0de
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{v})
	b := s.browser("user-42")
	id := b.begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	s.onNews = func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error { return born(ymd) }
	b.get(returnTo("desk", id))
	v.onResult = func(context.Context, *kyc.Check) error { return born(ymd) }
	b.get(returnTo("desk", id))
	require.NoError(t, s.service.Refresh(t.Context(), 0))

	log := s.log.String()
	assert.Equal(t, 3, strings.Count(log, "kychttp: panic"), log)
	assert.Equal(t, 3, strings.Count(log, "kychttp_test.born (leak_test.go:"))
	assert.NotContains(t, log, "1caca0de")
}

func TestTypesShowNothing(t *testing.T) {
	values := map[string]any{
		"Record": kychttp.Record{}, "Page": kychttp.Page{}, "Config": kychttp.Config{}, "MemoryStore": nil, "Service": nil,
	}
	names := []string{}
	for name, v := range values {
		names = append(names, name)
		if v == nil {
			continue
		}
		secrettest.AssertHidden(t, secrettest.Fill(v))
	}
	assert.ElementsMatch(t, names, secrettest.ExportedStructs(t, "."), "is a new type hidden as well?")

	cfg := whole()
	store := kychttp.NewMemoryStore()
	cfg.Store, cfg.DoneURL = store, "/"+"MARKER"
	check, err := kyc.NewCheck("desk", &kyc.StartRequest{Reference: secrettest.Marker})
	require.NoError(t, err)
	require.NoError(t, store.Create(t.Context(), &kychttp.Record{Check: *check}))
	service, err := kychttp.New(cfg)
	require.NoError(t, err)
	secrettest.AssertHidden(t, *service, "MARKER", check.ID)
	secrettest.AssertHidden(t, service, "MARKER", check.ID)
	secrettest.AssertHidden(t, store, "MARKER", check.ID)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "store", store, "service", service)
	assert.NotContains(t, log.String(), "MARKER")
}
