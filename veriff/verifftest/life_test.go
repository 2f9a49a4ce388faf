package verifftest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestApproval(t *testing.T) {
	srv := verifftest.NewServer(t)
	id := created(t, srv, `{"vendorData":"attempt-1","person":{"lastName":"Hong","gender":"FEMALE"},"document":{"type":"PASSPORT","country":"KR","number":"M1234567"}}`)
	assert.Nil(t, decided(t, srv, id))
	require.NoError(t, srv.Submit(id))
	assert.Nil(t, decided(t, srv, id))
	require.NoError(t, srv.Approve(id, verifftest.Person{FirstName: "Mirae"}))
	t.Log(decision(t, srv, id).body)
	for _, w := range srv.Webhooks() {
		t.Log(string(w.Body), w.Header)
	}
}
