package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// A report prints lines that check themselves, and counts them.
type report struct {
	out    io.Writer
	rows   []*row
	part   *tally
	broken bool // the output was not written
}

// A row of the table at the end is one vendor's.
type row struct {
	vendor                   string
	samples, check, refusals tally
}

type tally struct{ held, all int }

func (t tally) String() string {
	if t.all == 0 {
		return "none"
	}
	return fmt.Sprintf("%d of %d", t.held, t.all)
}

// A sentinel is an error to match with errors.Is, and its name in the code.
type sentinel struct {
	name string
	err  error
}

func (r *report) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(r.out, format, args...); err != nil {
		r.broken = true
	}
}

// begin makes the lines that follow count as part.
func (r *report) begin(part *tally, title string) {
	r.part = part
	r.printf("\n%s\n%s\n", title, strings.Repeat("-", len(title)))
}

// note prints what needs no check.
func (r *report) note(text string) { r.printf("  %s\n", text) }

// expect prints one line: what was done, and what came of it.
func (r *report) expect(what, want, got string) {
	r.line(want == got, what, got, "expected  "+want, "got       "+cmp.Or(got, "nothing"))
}

// refused prints which sentinel refused something, and the error in its words.
func (r *report) refused(what string, want sentinel, got error) {
	text := "no error: it was accepted"
	if got != nil {
		text = got.Error()
	}
	held := errors.Is(got, want.err)
	r.line(held, what, want.name, "expected  "+want.name, "got       "+text)
	if held {
		r.printf("        %s\n", text)
	}
}

// failed prints a line that could not be tried.
func (r *report) failed(what string, err error) {
	r.line(false, what, "", "expected  success", "got       "+err.Error())
}

func (r *report) line(held bool, what, outcome string, mismatch ...string) {
	r.part.all++
	if held {
		r.part.held++
		r.printf("  ok    %-36s  %s\n", what, outcome)
		return
	}
	r.printf("  FAIL  %s\n", what)
	for _, text := range mismatch {
		r.printf("        %s\n", text)
	}
}

// summary prints the table, and tells whether every line held.
func (r *report) summary() bool {
	r.printf("\n")
	table := tabwriter.NewWriter(r.out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(table, "Vendor\tPublished samples\tStart to result\tRefusals")
	var total tally
	for _, row := range r.rows {
		_, _ = fmt.Fprintf(table, "%s\t%v\t%v\t%v\n", row.vendor, row.samples, row.check, row.refusals)
		for _, part := range []tally{row.samples, row.check, row.refusals} {
			total.held += part.held
			total.all += part.all
		}
	}
	if table.Flush() != nil {
		r.broken = true
	}
	if total.held < total.all {
		r.printf("\n%d of %d lines did NOT come out as they must: look for FAIL above.\n", total.all-total.held, total.all)
		return false
	}
	r.printf("\nAll %d lines came out as they must.\n", total.all)
	return total.all > 0 && !r.broken
}
