package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// How far a customer came.
const (
	statusSubmitted = "submitted" // Veriff decides
	statusInDoubt   = "in doubt"  // a person has to look at Veriff
	statusWrong     = "wrong"     // or in the table
	statusWaiting   = "waiting"   // for another run
)

type summary struct {
	rows  [][]string
	count map[string]int
	notes []string // for the terminal, by line and without personal data
}

func summarise(customers []customer, j *journal) *summary {
	s := &summary{count: map[string]int{}}
	listed := map[string]bool{}
	for _, c := range customers {
		listed[c.reference] = true
		s.add(c.line, c.reference, j.of(c.reference), c.err)
	}
	for _, reference := range j.order { // of rows that are not in the table any more
		if p := j.customers[reference]; !listed[reference] && p.inDoubt() {
			s.add(0, reference, p, errInDoubt)
		}
	}
	return s
}

func (s *summary) add(line int, reference string, p *progress, err error) {
	status, vendorData, note := statusWrong, "", ""
	switch {
	case reference == "":
	case errors.Is(err, errOtherRow):
		p = &progress{} // is another one's
	case p.submitted:
		status = statusSubmitted
	case p.inDoubt():
		status, vendorData = statusInDoubt, p.vendorData
	case errors.Is(err, errStopped), everybodys(err):
		status = statusWaiting
	}
	if err != nil {
		note = strings.ReplaceAll(err.Error(), "\n", "; ")
		if status != statusWaiting {
			s.notes = append(s.notes, fmt.Sprintf("line %d: %s: %s", line, status, note))
		}
	}
	s.count[status]++
	s.rows = append(s.rows, []string{strconv.Itoa(line), reference, status, p.session, vendorData, note})
}

func (s *summary) print(out io.Writer) {
	for _, note := range s.notes {
		_, _ = fmt.Fprintln(out, note)
	}
	_, _ = fmt.Fprintf(out, "%d submitted, %d in doubt, %d wrong, %d waiting\n",
		s.count[statusSubmitted], s.count[statusInDoubt], s.count[statusWrong], s.count[statusWaiting])
}

// write replaces the summary as a whole, readable by its owner alone.
func (s *summary) write(path string) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".summary-*") // with 0600
	if err != nil {
		return err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name()) // nothing after the rename
	}()
	table := csv.NewWriter(file)
	_ = table.Write([]string{"line", "reference", "status", "session", "vendor_data", "note"})
	for _, row := range s.rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = neutral(cell)
		}
		_ = table.Write(safe)
	}
	table.Flush() // whatever failed before fails here
	if err := errors.Join(table.Error(), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// neutral keeps a spreadsheet from running a cell: a reference that somebody
// made up may well be a formula.
func neutral(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
