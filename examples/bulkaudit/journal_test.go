package main

import (
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestJournalOfAnotherIntegration(t *testing.T) {
	s := newSite(t, 1)
	_, err := s.run()
	require.NoError(t, err)
	s.srv = verifftest.NewServer(t)
	_, err = s.run()
	require.ErrorContains(t, err, "it is the journal of another integration, or none at all")
	assert.Empty(t, s.srv.Requests())
}

// A journal that is damaged is not guessed at: nothing is sent.
func TestDamagedJournal(t *testing.T) {
	for name, test := range map[string]struct{ line, says string }{
		"no JSON":                {"{]", "line 2"},
		"zeros":                  {strings.Repeat("\x00", 20), "line 2"},
		"two records in a line":  {`{"step":"create","customer":"1","vendorData":"a"}{}`, "line 2"},
		"unknown step":           {`{"step":"delete","customer":"1"}`, "line 2"},
		"begun twice":            {`{"step":"begin"}`, "line 2"},
		"created, not announced": {`{"step":"created","customer":"1","session":"a"}`, "line 2"},
		"created without id":     {`{"step":"create","customer":"1","vendorData":"a"}` + "\n" + `{"step":"created","customer":"1"}`, "line 3"},
		"announced twice": {`{"step":"create","customer":"1","vendorData":"a"}` + "\n" +
			`{"step":"create","customer":"1","vendorData":"b"}`, "line 3"},
		"upload to no session":     {`{"step":"upload","customer":"1","context":"face"}`, "line 2"},
		"submission of no session": {`{"step":"submit","customer":"1"}`, "line 2"},
		"submitted, of no session": {`{"step":"submitted","customer":"1"}`, "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, 1)
			s.table(header)
			_, err := s.run()
			require.NoError(t, err)
			addHalf(test.line+"\n")(t, s)
			before, err := os.ReadFile(s.journal)
			require.NoError(t, err)
			_, err = s.run()
			require.ErrorContains(t, err, test.says+" cannot be understood")
			after, err := os.ReadFile(s.journal)
			require.NoError(t, err)
			assert.Equal(t, before, after)
		})
	}
}

func TestJournalWhoseFirstLineIsHalf(t *testing.T) {
	s := newSite(t, 1)
	require.NoError(t, os.WriteFile(s.journal, []byte(`{"at":"2026`), 0o600))
	_, err := s.run()
	require.NoError(t, err)
	assert.Equal(t, count{1, 1, 2, 1}, s.count())
}

func TestNoJournal(t *testing.T) {
	s := newSite(t, 1)
	require.NoError(t, os.WriteFile(s.journal, []byte("a diary\n"), 0o600))
	_, err := s.run()
	require.ErrorContains(t, err, "line 1 cannot be understood")
	text, err := os.ReadFile(s.journal)
	require.NoError(t, err)
	assert.Equal(t, "a diary\n", string(text))
}

// Nothing is done that cannot be written down, and nothing after it.
func TestJournalThatCannotBeWritten(t *testing.T) {
	s := newSite(t, 2)
	j, err := openJournal(s.journal, s.srv.APIKey)
	require.NoError(t, err)
	require.NoError(t, j.file.Close())
	a := &audit{journal: j, workers: 1, bar: newBar(2, os.Stdin)}
	customers := []customer{{reference: "1"}, {reference: "2"}}
	stopped := a.all(t.Context(), customers) // without a client, which would panic
	assert.ErrorIs(t, stopped, os.ErrClosed)
	assert.ErrorContains(t, stopped, "the journal cannot be written: ")
	assert.ErrorIs(t, customers[1].err, errStopped)
	j.close()
}

// What stands after a write that failed, nobody knows.
func TestJournalAfterAFailure(t *testing.T) {
	s := newSite(t, 1)
	j, err := openJournal(s.journal, s.srv.APIKey)
	require.NoError(t, err)
	defer j.close()
	j.failed = io.ErrShortWrite
	require.ErrorIs(t, j.write(record{Step: stepCreate, Customer: "customer-1", VendorData: "a"}), io.ErrShortWrite)
	assert.Empty(t, s.steps())
	assert.False(t, j.of("customer-1").inDoubt())
}

func TestSummaryHoldsNothingThatRuns(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1",
		"": "", "a=1": "a=1", "customer-1": "customer-1", "'=1": "'=1", "홍": "홍",
	} {
		assert.Equal(t, want, neutral(cell), "%q", cell)
	}
	s := &summary{count: map[string]int{}}
	s.add(2, `=HYPERLINK("https://attacker.example")`, &progress{session: "@id", vendorData: "+x"}, nil)
	path := filepath.Join(t.TempDir(), "summary.csv")
	require.NoError(t, s.write(path))
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	for _, row := range rows {
		for _, cell := range row {
			assert.NotRegexp(t, `^[=+\-@\t\r\n]`, cell)
		}
	}
	assert.Equal(t, `'=HYPERLINK("https://attacker.example")`, rows[1][1])
}

func TestSummaryThatCannotBeWritten(t *testing.T) {
	s := newSite(t, 1)
	s.summary = filepath.Join(s.images, "no", "summary.csv")
	_, err := s.run()
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.Equal(t, count{1, 1, 2, 1}, s.count(), "the journal knows")
}
