package tomoidvkyc_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

const underAnother = "verified under another policy"

// Whoever holds somebody's passport passes under the weak policy.
func TestWeakerPolicyNeverApproves(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	require.NoError(t, srv.Pass(check.ID, hanako(), tomoidvtest.Under("jp", weakPolicy())))
	assert.Equal(t, kyc.StatusPending, ask(t, provider, check).Status, "TomoIDV was asked for the strong policy alone")

	weak := newRecord(map[string]any{"policy_key": weakKey, "auth_id": check.ID})
	trusting := changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved = true })
	for name, test := range map[string]struct {
		provider kyc.Provider
		answer   tomoidvtest.Fault
	}{
		"1.4": {provider, answering(weak)},
		"1.3": {newProvider13(t, srv, trusting), setMembers(map[string]any{"results": []any{weak}})},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, srv.Inject(test.answer))
			result := ask(t, test.provider, check)
			assert.Equal(t, kyc.StatusReview, result.Status)
			assert.Equal(t, underAnother, result.Reason)
			assert.Empty(t, result.Person)
			assert.Empty(t, result.Keys)
			assert.Empty(t, result.VendorStatus)
			assert.IsType(t, &tomoidv.Result{}, result.Vendor)
		})
	}
}

func TestOnlyTheConfiguredPolicyAndCountryCount(t *testing.T) {
	for name, fields := range map[string]map[string]any{
		"another document":    {"policy_key": "jp:document:passport:government_id_verf:owner_verf:document_secret"},
		"another method":      {"policy_key": "jp:document:id_card:document_ocr_check:owner_verf:document_secret"},
		"no owner assurance":  {"policy_key": "jp:document:id_card:government_id_verf:no_owner_assurance"},
		"owner type left out": {"policy_key": "jp:document:id_card:government_id_verf:owner_verf"},
		"owner left out":      {"policy_key": "jp:document:id_card:government_id_verf"},
		"another owner type":  {"policy_key": "jp:document:id_card:government_id_verf:owner_verf:sms_otp"},
		"the default":         {"policy_key": "jp:default"},
		"something added":     {"policy_key": strongKey + ":unless_absent"},
		"in capitals":         {"policy_key": "JP:DOCUMENT:ID_CARD:GOVERNMENT_ID_VERF:OWNER_VERF:DOCUMENT_SECRET"},
		"a space":             {"policy_key": strongKey + " "},
		"another country":     {"country": "us"},
		"another country's":   {"policy_key": "us" + strongKey[2:]},
		"another country in both": {
			"country": "us", "policy_key": "us" + strongKey[2:],
		},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := answered(t, func(*kyc.Check) []map[string]any { return []map[string]any{newRecord(fields)} })
			require.NoError(t, err)
			assert.Equal(t, kyc.StatusReview, result.Status)
			assert.Equal(t, underAnother, result.Reason)
			assert.Empty(t, result.Person)
			assert.Empty(t, result.Keys)
		})
	}
}

func TestSeveralRecords(t *testing.T) {
	with := func(fields map[string]any) map[string]any { return newRecord(fields) }
	status := func(status string) map[string]any {
		return with(view(map[string]any{"schema_version": "kyc_result.v1", "status": status}))
	}
	completed := func(at time.Time) map[string]any {
		return with(view(map[string]any{"schema_version": "kyc_result.v1", "status": "approved", "completed_at": at.Format(time.RFC3339)}))
	}
	named := func(authID string, record map[string]any) map[string]any {
		record["auth_id"] = authID
		return record
	}
	weak := func() map[string]any { return with(map[string]any{"policy_key": weakKey}) }
	const several = "there are several records, and nothing tells which one is the check's"
	type records = []map[string]any
	for name, test := range map[string]struct {
		records func(check *kyc.Check) records
		status  kyc.Status
		reason  string
		kind    error
	}{
		"none":                      {func(*kyc.Check) records { return records{} }, kyc.StatusPending, "", nil},
		"one":                       {func(*kyc.Check) records { return records{with(nil)} }, kyc.StatusApproved, "", nil},
		"one, named":                {func(c *kyc.Check) records { return records{named(c.ID, with(nil))} }, kyc.StatusApproved, "", nil},
		"a weaker one as well":      {func(*kyc.Check) records { return records{weak(), with(nil)} }, kyc.StatusApproved, "", nil},
		"a weaker approval":         {func(*kyc.Check) records { return records{weak(), status("rejected")} }, kyc.StatusDeclined, "", nil},
		"a weaker approval, later":  {func(*kyc.Check) records { return records{status("pending_review"), weak()} }, kyc.StatusReview, "", nil},
		"weaker ones":               {func(*kyc.Check) records { return records{weak(), weak()} }, kyc.StatusReview, underAnother, nil},
		"two":                       {func(*kyc.Check) records { return records{with(nil), with(nil)} }, kyc.StatusReview, several, nil},
		"two that disagree":         {func(*kyc.Check) records { return records{status("rejected"), with(nil)} }, kyc.StatusReview, several, nil},
		"two that disagree, turned": {func(*kyc.Check) records { return records{with(nil), status("rejected")} }, kyc.StatusReview, several, nil},

		"another check's": {func(*kyc.Check) records {
			return records{named(kyc.NewCheckID(), with(nil))}
		}, "", "", kyc.ErrForeign},
		"another check's, rejected": {func(*kyc.Check) records {
			return records{named(kyc.NewCheckID(), status("rejected"))}
		}, "", "", kyc.ErrForeign},
		"other checks'": {func(*kyc.Check) records {
			return records{named(kyc.NewCheckID(), with(nil)), named(kyc.NewCheckID(), weak())}
		}, "", "", kyc.ErrForeign},
		"another check's as well": {func(c *kyc.Check) records {
			return records{named(kyc.NewCheckID(), with(nil)), named(c.ID, status("rejected"))}
		}, kyc.StatusDeclined, "", nil},
		"another's as well": {func(c *kyc.Check) records {
			return records{named("user-7", with(nil)), named(c.ID, status("canceled"))}
		}, kyc.StatusCanceled, "", nil},
		"one's own weak, another's strong": {func(c *kyc.Check) records {
			return records{named("user-7", with(nil)), named(c.ID, weak())}
		}, kyc.StatusReview, underAnother, nil},
		"one's own weak, another check's strong": {func(*kyc.Check) records {
			return records{named(kyc.NewCheckID(), with(nil)), weak()}
		}, kyc.StatusReview, underAnother, nil},

		"older than the check": {func(c *kyc.Check) records {
			return records{completed(c.StartedAt.Add(-6 * time.Minute))}
		}, "", "", kyc.ErrForeign},
		"older, and one's own weak": {func(c *kyc.Check) records {
			return records{completed(c.StartedAt.AddDate(-1, 0, 0)), weak()}
		}, kyc.StatusReview, underAnother, nil},
		"older, and one's own rejected": {func(c *kyc.Check) records {
			return records{completed(c.StartedAt.AddDate(-1, 0, 0)), status("rejected")}
		}, kyc.StatusDeclined, "", nil},
		"a little older by the clocks": {func(c *kyc.Check) records {
			return records{completed(c.StartedAt.Add(-4 * time.Minute))}
		}, kyc.StatusApproved, "", nil},
		"in the same second": {func(c *kyc.Check) records {
			return records{completed(c.StartedAt)}
		}, kyc.StatusApproved, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := answered(t, test.records)
			if test.kind != nil {
				require.ErrorIs(t, err, test.kind)
				assert.Equal(t, "kyc: tomoidv: result: about another check: every record is another check's", err.Error())
				assert.Nil(t, result)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.status, result.Status)
			assert.Equal(t, test.reason, result.Reason)
		})
	}
}

// A server that answers with all that it knows of the person: an earlier
// approval says nothing about who is there now.
func TestEarlierApprovalOfThePerson(t *testing.T) {
	type newProviderFunc func(*testing.T, *tomoidvtest.Server, tomoidvkyc.Config, ...tomoidv.Option) *tomoidvkyc.Provider
	trusting := changed(func(c *tomoidvkyc.Config) { c.RecordMeansApproved = true })
	for name, test := range map[string]struct {
		newProvider newProviderFunc
		cfg         tomoidvkyc.Config
		opts        []tomoidvtest.Option
		want        kyc.Status
		kind        error
	}{
		"1.4":             {newProvider, config(), nil, kyc.StatusDeclined, nil},
		"1.4, opaque ids": {newProvider, config(), []tomoidvtest.Option{tomoidvtest.WithOpaqueAuthIDs()}, kyc.StatusReview, nil},
		"1.3":             {newProvider13, trusting, nil, "", kyc.ErrForeign},
		"1.3, opaque ids": {newProvider13, config(), []tomoidvtest.Option{tomoidvtest.WithOpaqueAuthIDs()}, kyc.StatusReview, nil},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, append(test.opts, tomoidvtest.WithPersonWideResults())...)
			provider := test.newProvider(t, srv, test.cfg)
			earlier, now := start(t, provider), start(t, provider)
			require.NoError(t, srv.Pass(earlier.ID, hanako()))
			require.NoError(t, srv.Review(now.ID, hanako())) // somebody who has Hanako's card
			require.NoError(t, srv.Fail(now.ID))
			if test.kind != nil {
				assertRefused(t, provider, now, test.kind)
				return
			}
			assert.Equal(t, test.want, ask(t, provider, now).Status)
		})
	}
}

func TestAnswersAboutSomebodyElse(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	require.NoError(t, srv.Pass(check.ID, hanako()))
	for name, userID := range map[string]string{"another check": kyc.NewCheckID(), "another user": "user-7", "nobody": " "} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, srv.Inject(setMembers(map[string]any{"user_id": userID})))
			_, err := provider.Result(t.Context(), check)
			require.ErrorIs(t, err, kyc.ErrForeign)
			require.ErrorIs(t, err, tomoidv.ErrForeign)
		})
	}
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
}

// The account that a check belongs to is the application's to keep; the
// approval is of the id, whatever else of the check was exchanged.
func TestEditedChecks(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	approved, mine := start(t, provider), start(t, provider)
	require.NoError(t, srv.Pass(approved.ID, hanako()))
	for name, edit := range map[string]func(*kyc.Check){
		"everything of another but the id": func(c *kyc.Check) { id := c.ID; *c = *approved; c.ID = id },
		"the URL of another":               func(c *kyc.Check) { c.URL = approved.URL },
		"the return of another":            func(c *kyc.Check) { c.ReturnURL = "https://shop.example/back/" + approved.ID },
	} {
		t.Run(name, func(t *testing.T) {
			edited := *mine
			edit(&edited)
			assert.Equal(t, kyc.StatusPending, ask(t, provider, &edited).Status)
		})
	}
	t.Run("an id that was never started", func(t *testing.T) {
		edited := *approved
		edited.ID = kyc.NewCheckID()
		assertRefused(t, provider, &edited, kyc.ErrInvalidRequest)
	})

	requests := len(srv.Requests())
	for name, test := range map[string]struct {
		edit func(*kyc.Check)
		kind error
	}{
		"another provider": {func(c *kyc.Check) { c.Provider = "veriff" }, kyc.ErrForeign},
		"no provider":      {func(c *kyc.Check) { c.Provider = "" }, kyc.ErrForeign},
		"a vendor id":      {func(c *kyc.Check) { c.VendorID = approved.ID }, kyc.ErrForeign},
		"a claimed one":    {func(c *kyc.Check) { c.VendorID, c.VendorIDClaimed = "ppid.c3ludGhldGlj", true }, kyc.ErrForeign},
		"another version":  {func(c *kyc.Check) { c.Version = 2 }, kyc.ErrInvalidRequest},
		"id of one's own":  {func(c *kyc.Check) { c.ID = "user-42" }, kyc.ErrInvalidRequest},
		"a PPID as the id": {func(c *kyc.Check) { c.ID = "ppid.c3ludGhldGlj" }, kyc.ErrInvalidRequest},
		"no id":            {func(c *kyc.Check) { c.ID = "" }, kyc.ErrInvalidRequest},
		"no start":         {func(c *kyc.Check) { c.StartedAt = time.Time{} }, kyc.ErrInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			edited := *approved
			test.edit(&edited)
			assertRefused(t, provider, &edited, test.kind)
			erased, err := provider.Erase(t.Context(), &edited)
			require.ErrorIs(t, err, test.kind)
			assert.Empty(t, erased)
		})
	}
	assertRefused(t, provider, nil, kyc.ErrInvalidRequest)
	assert.Len(t, srv.Requests(), requests, "nobody was asked")
}
