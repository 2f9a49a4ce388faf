package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/veriff"
)

func TestReportLines(t *testing.T) {
	for name, test := range map[string]struct {
		print func(*report)
		held  bool
		want  string
	}{
		"as expected": {func(r *report) { r.expect("A step", "done", "done") }, true,
			"  ok    A step                                done\n"},
		"otherwise": {func(r *report) { r.expect("A step", "done", "undone") }, false,
			"  FAIL  A step\n        expected  done\n        got       undone\n"},
		"failed": {func(r *report) { r.failed("A step", errors.New("no luck")) }, false,
			"  FAIL  A step\n        expected  success\n        got       no luck\n"},
		"refused": {func(r *report) { r.refused("An attack", errSignature, fmt.Errorf("webhook: %w", veriff.ErrSignature)) }, true,
			"  ok    An attack                             veriff.ErrSignature\n        webhook: signature does not hold\n"},
		"refused by something else": {func(r *report) { r.refused("An attack", errSignature, veriff.ErrAPIKey) }, false,
			"  FAIL  An attack\n        expected  veriff.ErrSignature\n        got       not our API key\n"},
		"accepted": {func(r *report) { r.refused("An attack", errSignature, nil) }, false,
			"  FAIL  An attack\n        expected  veriff.ErrSignature\n        got       no error: it was accepted\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			vendor := &row{vendor: "Vendor"}
			r := &report{out: &out, rows: []*row{vendor}, part: &vendor.check}
			test.print(r)
			assert.Equal(t, test.want, out.String())
			assert.Equal(t, 1, vendor.check.all)
			assert.Equal(t, test.held, vendor.check.held == 1)
			assert.Equal(t, test.held, r.summary())
		})
	}
}

func TestReportOfNothing(t *testing.T) {
	var out strings.Builder
	assert.False(t, (&report{out: &out}).summary(), "nothing was shown to hold")
}
