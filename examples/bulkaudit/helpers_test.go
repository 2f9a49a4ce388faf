package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

const asProgram = "BULKAUDIT_AS_PROGRAM" // makes the test binary be the program

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	main()
}

// A site is a job with its files, and the fake Veriff that it is for.
type site struct {
	job
	*testing.T
	srv *verifftest.Server
}

const header = "reference,first_name,last_name,date_of_birth,face,document_front\n"

// newSite has n customers, customer-1 and so on, with two images each.
func newSite(t *testing.T, n int) *site {
	t.Helper()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	s := &site{job{in("customers.csv"), in("images"), in("audit.journal"), in("summary.csv"), 1, nil}, t, verifftest.NewServer(t)}
	require.NoError(t, writePhotos(s.images))
	table := header
	for i := range n {
		table += fmt.Sprintf("customer-%d,Mirae,Hong,1990-02-28,face.jpg,front.jpg\n", i+1)
	}
	s.table(table)
	return s
}

func (s *site) table(text string) {
	s.Helper()
	require.NoError(s, os.WriteFile(s.customers, []byte(text), 0o600))
}

// run does the job in this process.
func (s *site) run() (string, error) {
	s.Helper()
	var out strings.Builder
	err := s.runIn(s.Context(), &out)
	return out.String(), err
}

func (s *site) runIn(ctx context.Context, out io.Writer) error {
	client, err := veriff.NewClient(s.srv.APIKey, s.srv.Secret, veriff.WithBaseURL(s.srv.URL), veriff.WithMaxAttempts(1))
	if err != nil {
		return err
	}
	nowhere, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer func() { _ = nowhere.Close() }()
	return s.job.run(ctx, client, s.srv.APIKey, out, nowhere)
}

// program is the job as a process of its own, which can be killed.
func (s *site) program(flags ...string) *exec.Cmd {
	s.Helper()
	cmd := exec.CommandContext(s.Context(), os.Args[0], append([]string{"-customers", s.customers, "-images", s.images,
		"-journal", s.journal, "-summary", s.summary, "-workers", fmt.Sprint(s.workers)}, flags...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1",
		"VERIFF_API_KEY="+s.srv.APIKey, "VERIFF_SHARED_SECRET="+s.srv.Secret, "VERIFF_BASE_URL="+s.srv.URL)
	return cmd
}

// rows are those of the summary, by reference.
func (s *site) rows() map[string][]string {
	s.Helper()
	text, err := os.ReadFile(s.summary)
	require.NoError(s, err)
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(s, err)
	assert.Equal(s, []string{"line", "reference", "status", "session", "vendor_data", "note"}, all[0])
	rows := map[string][]string{}
	for _, row := range all[1:] {
		rows[row[1]] = row
	}
	return rows
}

func (s *site) status(reference string) string {
	s.Helper()
	row := s.rows()[reference]
	require.NotNil(s, row)
	return row[2]
}

// steps are the journal's lines, without its first.
func (s *site) steps() []record {
	s.Helper()
	file, err := os.Open(s.journal)
	require.NoError(s, err)
	defer func() { _ = file.Close() }()
	var steps []record
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var r record
		require.NoError(s, json.Unmarshal(lines.Bytes(), &r))
		steps = append(steps, r)
	}
	return steps[1:]
}

// count is what came to Veriff, and what it has.
type count struct {
	creates   int // requests for a session
	sessions  int
	media     int // in all of them
	submitted int // sessions
}

func (s *site) count() (c count) {
	for _, r := range s.srv.Requests() {
		if r.Method == "POST" && r.Path == "/v1/sessions" {
			c.creates++
		}
	}
	for _, session := range s.srv.Sessions() {
		c.sessions++
		if session.Status == "submitted" {
			c.submitted++
		}
		contexts := map[string]bool{}
		for _, m := range s.srv.Media(session.ID) {
			c.media++
			assert.False(s, contexts[m.Context], "%s is there twice", m.Context)
			contexts[m.Context] = true
		}
	}
	return c
}
