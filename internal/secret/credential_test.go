package secret_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret"
)

func TestCheckCredential(t *testing.T) {
	for value, says := range map[string]string{
		"": "empty", " \t\n": "empty", "hunter2\n": "white space", " hunter2": "white space", "hunter2\r\n": "white space",
		"hun\nter2": "control character", "hunter2\x00x": "control character", "hun\u0085ter2": "control character", "hunter2\xff": "UTF-8",
	} {
		err := secret.CheckCredential("API key", value)
		require.ErrorContains(t, err, "API key ")
		require.ErrorContains(t, err, says)
		assert.NotContains(t, err.Error(), "hun")
	}
	for _, value := range []string{"a", "Your-API-Secret", "hun ter2", "비밀"} {
		assert.NoError(t, secret.CheckCredential("API key", value))
	}
}
