package fake_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/fake"
)

func TestNewUUID(t *testing.T) {
	seen := make(map[string]bool)
	for range 64 {
		id := fake.NewUUID()
		assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, id)
		assert.False(t, seen[id], "no two are the same")
		seen[id] = true
	}
}
