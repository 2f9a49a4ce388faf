package iamport

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A browser can send thousands of values, which must not be compared each with
// each.
func TestSaidStopsAtTwo(t *testing.T) {
	assert.Empty(t, said([]string{"", "null", "undefined", ""}))
	assert.Equal(t, []string{"a"}, said([]string{"", "a", "null", "a"}))
	assert.Equal(t, []string{"a", "b"}, said([]string{"a", "a", "b", "c", "null", "d"}))
}
