package fake_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/fake"
)

func TestJudgeMembers(t *testing.T) {
	for members, ok := range map[string]bool{
		`"a":1`:         true,
		`"a":1,"A":{}`:  true,
		`"a":1,"a":[2]`: true,
		``:              false,
		`"a"`:           false,
		`a:1`:           false,
		`"a":1,`:        false,
		`{"a":1}`:       false,
	} {
		t.Run("members "+members, func(t *testing.T) {
			err := fake.JudgeMembers(members)
			if ok {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, "not the members of a JSON object")
		})
	}
}

func TestWithMembers(t *testing.T) {
	object := []byte(`{"a":1}`)
	assert.Equal(t, `{"a":1,"a":2,"A":3}`, string(fake.WithMembers(object, `"a":2,"A":3`)))
	assert.Equal(t, `{"a":1}`, string(object), "the object itself stays")
}
