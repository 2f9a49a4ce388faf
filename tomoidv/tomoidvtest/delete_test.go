package tomoidvtest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

func TestDelete(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	for user, p := range map[string]tomoidvtest.Person{"u": hanako(), "v": hanako(), "w": minsu()} {
		a.begin(t, map[string]any{"user_id": user, "country": "jp"})
		require.NoError(t, srv.Pass(user, p))
	}
	one := a.result14(t, `{"user_id":"u"}`)["user_id"]
	two := a.result14(t, `{"user_id":"w"}`)["user_id"]
	for _, id := range []any{"u", "nobody", "ppid.unknown"} {
		assert.Equal(t, `{"status":"not_deletable"}`, a.post(t, deletePath, map[string]any{"user_id": id}).body)
	}
	assert.Equal(t, `{"status":"deleted"}`, a.post(t, deletePath, map[string]any{"user_id": one}).body)
	assert.Equal(t, `{"status":"not_deletable"}`, a.post(t, deletePath, map[string]any{"user_id": one}).body, "once")
	assert.Empty(t, records(t, a.result14(t, `{"user_id":"u"}`)))
	assert.Empty(t, records(t, a.result14(t, `{"user_id":"v"}`)), "all that the person did")
	assert.Equal(t, http.StatusBadRequest, a.post(t, resultPath, map[string]any{"user_id": one}).status)
	assert.Len(t, records(t, a.result14(t, `{"user_id":"w"}`)), 1)

	got := a.post(t, bulkPath, map[string]any{"user_ids": []any{"u", two, one, two}})
	require.Equal(t, http.StatusOK, got.status)
	assert.Equal(t, `{"results":[{"status":"not_deletable"},{"status":"deleted"},{"status":"not_deletable"},{"status":"not_deletable"}]}`, got.body)
	assert.Empty(t, records(t, a.result14(t, `{"user_id":"w"}`)))
}

func TestDeletionByUserID(t *testing.T) {
	srv := begin(t, tomoidvtest.WithDeletionByUserID(), tomoidvtest.WithoutListener())
	a := passed(t, srv)
	assert.Equal(t, `{"status":"not_deletable"}`, a.post(t, deletePath, `{"user_id":"nobody"}`).body)
	assert.Equal(t, `{"status":"deleted"}`, a.post(t, deletePath, `{"user_id":"p"}`).body)
	assert.Empty(t, records(t, a.result14(t, `{"user_id":"p"}`)))
}
