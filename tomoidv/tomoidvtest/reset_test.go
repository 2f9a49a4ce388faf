package tomoidvtest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

func TestReset(t *testing.T) {
	for _, final := range []bool{false, true} {
		opts := []tomoidvtest.Option{tomoidvtest.WithoutListener()}
		want := "reset"
		if final {
			opts, want = append(opts, tomoidvtest.WithFinalApprovals()), "not_resettable"
		}
		srv := begin(t, opts...)
		a := authorized(t, srv)
		policy := kycPolicy(passport())
		reset := func(userID, country string, policy any) string {
			got := a.post(t, resetPath, map[string]any{"user_id": userID, "country": country, "kyc_policy": policy})
			require.Equal(t, http.StatusOK, got.status, got.body)
			require.Len(t, got.json(t), 1)
			return got.json(t)["status"].(string)
		}
		a.begin(t, map[string]any{"user_id": "u", "country": "jp", "kyc_policy": policy})
		assert.Equal(t, "not_resettable", reset("u", "jp", policy), "it has not ended")
		assert.Equal(t, "not_resettable", reset("nobody", "jp", policy))
		require.NoError(t, srv.Pass("u", hanako()))
		a.begin(t, `{"user_id":"u","country":"jp"}`)
		require.NoError(t, srv.Pass("u", hanako()))
		assert.Equal(t, "not_resettable", reset("u", "jp", kycPolicy(idCard())), "another policy")
		assert.Equal(t, want, reset("u", "jp", policy))
		if final {
			assert.Len(t, records(t, a.result14(t, `{"user_id":"u"}`)), 2)
		} else {
			assert.Equal(t, "jp:default", only(t, a.result14(t, `{"user_id":"u"}`))["policy_key"], "the other stays")
			assert.Equal(t, "not_resettable", reset("u", "jp", policy), "once")
		}

		a.begin(t, map[string]any{"user_id": "v", "country": "jp", "kyc_policy": policy})
		require.NoError(t, srv.Fail("v"))
		ppid := srv.Attempts()[2].PPID
		assert.Equal(t, "reset", reset(ppid, "jp", policy), "by PPID, a rejection")
		assert.Empty(t, records(t, a.result14(t, `{"user_id":"v"}`)))
		a.begin(t, map[string]any{"user_id": "v", "country": "jp", "kyc_policy": policy})
		require.NoError(t, srv.Pass("v", hanako()))
		assert.Equal(t, "approved", kycOf(t, only(t, a.result14(t, `{"user_id":"v"}`)))["status"], "done again")
	}
}
