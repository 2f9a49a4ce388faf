package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// A report prints lines that check themselves, and counts them.
type report struct {
	out    io.Writer
	rows   []*row
	part   *tally
	broken bool // the output was not written
}

// A row holds what there is to tell of one vendor. In the table at the end, where
// the vendors stand side by side, it is a column.
type row struct {
	vendor                             string
	samples, check, refusals, portable tally
	facts                              map[string]string // of one check, by package kyc
}

// facts are those of a check, in the order of the table.
var facts = []string{
	"Check", "Begins", "Status", "In its words", "Name", "Born", "Gender", "Document", "Keys, digested", "Findings",
	"Decided (UTC)", "Evidence", "Environment", "Erased",
}

// tell notes a fact of the check.
func (c *row) tell(name, value string) {
	if c.facts == nil {
		c.facts = make(map[string]string)
	}
	c.facts[name] = value
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

// row is the vendor's, a new one if there is none.
func (r *report) row(vendor string) *row {
	for _, row := range r.rows {
		if row.vendor == vendor {
			return row
		}
	}
	r.rows = append(r.rows, &row{vendor: vendor})
	return r.rows[len(r.rows)-1]
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
	var total tally
	table := [][]string{{""}}
	for _, name := range facts {
		table = append(table, []string{name})
	}
	for _, name := range []string{"Published samples", "Start to result", "Refusals", "By package kyc"} {
		table = append(table, []string{name})
	}
	for _, row := range r.rows {
		column := []string{row.vendor}
		for _, name := range facts {
			column = append(column, cmp.Or(row.facts[name], "-"))
		}
		for _, part := range []tally{row.samples, row.check, row.refusals, row.portable} {
			column = append(column, part.String())
			total.held += part.held
			total.all += part.all
		}
		for i, cell := range column {
			table[i] = append(table[i], cell)
		}
	}
	r.printf("\n%s", sideBySide(table))
	if total.held < total.all {
		r.printf("\n%d of %d lines did NOT come out as they must: look for FAIL above.\n", total.all-total.held, total.all)
		return false
	}
	r.printf("\nAll %d lines came out as they must.\n", total.all)
	return total.all > 0 && !r.broken
}

// sideBySide aligns the cells of each column.
func sideBySide(table [][]string) string {
	widths := make([]int, len(table[0]))
	for _, line := range table {
		for i, cell := range line {
			widths[i] = max(widths[i], width(cell))
		}
	}
	var out strings.Builder
	for _, line := range table {
		var text strings.Builder
		for i, cell := range line {
			text.WriteString(cell + strings.Repeat(" ", widths[i]-width(cell)+3))
		}
		out.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	return out.String()
}

// width is how many columns of a terminal a text takes.
func width(text string) int {
	n := 0
	for _, r := range text {
		n++
		if unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			n++
		}
	}
	return n
}
