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

func TestVendorsStandSideBySide(t *testing.T) {
	var out strings.Builder
	r := &report{out: &out}
	first, second := r.row("One"), r.row("Another")
	assert.Same(t, first, r.row("One"))
	first.tell("Name", "홍미래")
	second.tell("Name", "Mirae Hong")
	second.refusals = tally{held: 1, all: 2}
	assert.False(t, r.summary())
	lines := strings.Split(out.String(), "\n")
	assert.Contains(t, lines, "                    One      Another")
	assert.Contains(t, lines, "Name                홍미래   Mirae Hong", "a syllable takes two columns of a terminal")
	assert.Contains(t, lines, "Born                -        -", "nothing is known")
	assert.Contains(t, lines, "Refusals            none     1 of 2")
	assert.Contains(t, lines, "1 of 2 lines did NOT come out as they must: look for FAIL above.")
}
