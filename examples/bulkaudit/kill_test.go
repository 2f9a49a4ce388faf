package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// killWhen runs the program, kills it with SIGKILL as soon as something is so,
// and fails if it ends before.
func (s *site) killWhen(so func() bool) {
	s.Helper()
	cmd := s.program()
	require.NoError(s, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !so() {
		select {
		case err := <-ended:
			require.FailNow(s, "the program ended before it could be killed", "%v", err)
		case <-s.Context().Done():
			return
		case <-time.After(time.Millisecond):
		}
	}
	require.NoError(s, cmd.Process.Kill())
	<-ended
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	require.True(s, ok)
	require.Equal(s, syscall.SIGKILL, status.Signal())
}

// finish runs the program to its end.
func (s *site) finish(flags ...string) string {
	s.Helper()
	out, err := s.program(flags...).CombinedOutput()
	if err != nil {
		require.Contains(s, err.Error(), "exit status 1", "%s", out)
	}
	return string(out)
}

// came tells whether a request has come, whatever became of it.
func (s *site) came(method, suffix string) func() bool {
	return func() bool {
		for _, r := range s.srv.Requests() {
			if r.Method == method && strings.HasSuffix(r.Path, suffix) {
				return true
			}
		}
		return false
	}
}

func TestKilled(t *testing.T) {
	all := count{creates: 3, sessions: 3, media: 6, submitted: 3}
	for name, test := range map[string]struct {
		fault   verifftest.Fault
		moment  func(*site) func() bool
		harm    func(*testing.T, *site) // to the journal
		before  count                   // when it was killed
		after   count                   // when the program was run again
		inDoubt bool                    // customer-1
	}{
		"before a create": { // of customer-2, which is not announced
			fault:  verifftest.Stall(nil).On(verifftest.SubmitSessionRoute),
			moment: func(s *site) func() bool { return s.came("PATCH", "") },
			before: count{creates: 1, sessions: 1, media: 2}, after: all,
		},
		"during a create, before Veriff has made it": {
			fault:  verifftest.Stall(nil).On(verifftest.CreateSessionRoute),
			moment: func(s *site) func() bool { return s.came("POST", "/sessions") },
			before: count{creates: 1}, after: count{creates: 3, sessions: 2, media: 4, submitted: 2}, inDoubt: true,
		},
		"during a create, after Veriff has made it": {
			fault:  verifftest.StallBody(nil).On(verifftest.CreateSessionRoute),
			moment: func(s *site) func() bool { return func() bool { return len(s.srv.Sessions()) == 1 } },
			before: count{creates: 1, sessions: 1}, after: count{creates: 3, sessions: 3, media: 4, submitted: 2}, inDoubt: true,
		},
		"after a create, while it is written down": {
			fault:  verifftest.Stall(nil).On(verifftest.UploadMediaRoute),
			moment: func(s *site) func() bool { return s.came("POST", "/media") },
			harm:   cutWithin(stepCreated),
			before: count{creates: 1, sessions: 1}, after: count{creates: 3, sessions: 3, media: 4, submitted: 2}, inDoubt: true,
		},
		"while a create is announced": {
			fault:  verifftest.Stall(nil).On(verifftest.SubmitSessionRoute),
			moment: func(s *site) func() bool { return s.came("PATCH", "") },
			harm:   addHalf(`{"step":"create","customer":"customer-2","vendorD`),
			before: count{creates: 1, sessions: 1, media: 2}, after: all,
		},
		"after a create, during an upload before Veriff has it": {
			fault:  verifftest.Stall(nil).On(verifftest.UploadMediaRoute),
			moment: func(s *site) func() bool { return s.came("POST", "/media") },
			before: count{creates: 1, sessions: 1}, after: all,
		},
		"during an upload, after Veriff has it": {
			fault:  verifftest.StallBody(nil).On(verifftest.UploadMediaRoute),
			moment: func(s *site) func() bool { return func() bool { return s.count().media == 1 } },
			before: count{creates: 1, sessions: 1, media: 1}, after: all,
		},
		"during a submission, before Veriff has it": {
			fault:  verifftest.Stall(nil).On(verifftest.SubmitSessionRoute),
			moment: func(s *site) func() bool { return s.came("PATCH", "") },
			before: count{creates: 1, sessions: 1, media: 2}, after: all,
		},
		"during a submission, after Veriff has it": {
			fault:  verifftest.StallBody(nil).On(verifftest.SubmitSessionRoute),
			moment: func(s *site) func() bool { return func() bool { return s.count().submitted == 1 } },
			before: count{creates: 1, sessions: 1, media: 2, submitted: 1}, after: all,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, 3)
			require.NoError(t, s.srv.Inject(test.fault))
			s.killWhen(test.moment(s))
			require.Equal(t, test.before, s.count())
			if test.harm != nil {
				test.harm(t, s)
			}

			out := s.finish()
			assert.Equal(t, test.after, s.count(), "%s", out)
			assert.NotContains(t, out, "%", "no bar where there is no terminal")
			t.Logf("Veriff had %+v, and has %+v", test.before, s.count())
			if test.inDoubt {
				assert.Equal(t, statusInDoubt, s.status("customer-1"))
				vendorData := s.rows()["customer-1"][4]
				require.NotEmpty(t, vendorData, "by which a person finds it")
				for _, session := range s.srv.Sessions() {
					assert.Equal(t, session.VendorData == vendorData, session.Status == "created", "the one that nobody knows")
				}
			} else {
				assert.Equal(t, statusSubmitted, s.status("customer-1"))
			}
			assert.Equal(t, statusSubmitted, s.status("customer-2"))
			assert.Equal(t, statusSubmitted, s.status("customer-3"))

			requests := len(s.srv.Requests())
			s.finish()
			assert.Len(t, s.srv.Requests(), requests, "nothing is left to do, and nothing is repeated")

			if test.inDoubt { // until a person says so
				s.finish("-again", "customer-1")
				assert.Equal(t, count{test.after.creates + 1, test.after.sessions + 1, 6, 3}, s.count())
				assert.Equal(t, statusSubmitted, s.status("customer-1"))
			}
		})
	}
}

// cutWithin leaves the journal as if the process had died while it wrote the
// first line of this step.
func cutWithin(step step) func(*testing.T, *site) {
	return func(t *testing.T, s *site) {
		text, err := os.ReadFile(s.journal)
		require.NoError(t, err)
		at := bytes.Index(text, []byte(`"step":"`+step+`"`))
		require.Positive(t, at)
		require.NoError(t, os.Truncate(s.journal, int64(at)))
	}
}

func addHalf(line string) func(*testing.T, *site) {
	return func(t *testing.T, s *site) {
		file, err := os.OpenFile(s.journal, os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = file.WriteString(line)
		require.NoError(t, err)
		require.NoError(t, file.Close())
	}
}

// Whenever it is killed, with several customers at a time: no customer's
// session is asked for twice, no image is there twice, and everybody is
// submitted or waits for a person.
func TestKilledAtAnyRequest(t *testing.T) {
	const customers, requests = 4, 4 * 4
	inDoubt := 0
	for n := 1; n < requests; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s := newSite(t, customers)
			s.workers = 3
			// The last request waits, so that the program is there to be killed.
			require.NoError(t, s.srv.Inject(verifftest.Stall(nil).On(verifftest.SubmitSessionRoute).Times(customers)))
			reached := func() bool { return len(s.srv.Requests()) >= n }
			if n > requests-customers { // what comes before the submissions
				reached = s.came("PATCH", "")
			}
			s.killWhen(reached)
			s.srv.ClearFaults()
			out := s.finish()

			got := s.count()
			doubtful := 0
			for reference, row := range s.rows() {
				if row[2] == statusInDoubt {
					doubtful++
				} else {
					assert.Equal(t, statusSubmitted, row[2], "%s %s", reference, out)
				}
			}
			inDoubt += doubtful
			assert.LessOrEqual(t, got.creates, customers)
			assert.Equal(t, customers-doubtful, got.submitted)
			assert.GreaterOrEqual(t, got.sessions, got.submitted)
			assert.Equal(t, 2*got.submitted, got.media)
		})
	}
	t.Logf("%d times killed, %d customers in doubt, none twice at Veriff", requests-1, inDoubt)
}

func TestTwoProcessesWithOneJournal(t *testing.T) {
	s := newSite(t, 1)
	require.NoError(t, s.srv.Inject(verifftest.Stall(nil).On(verifftest.SubmitSessionRoute)))
	first := s.program()
	require.NoError(t, first.Start())
	require.Eventually(t, s.came("PATCH", ""), time.Minute, time.Millisecond)
	requests := len(s.srv.Requests())
	assert.Contains(t, s.finish(), "another process is at work with this journal")
	assert.Len(t, s.srv.Requests(), requests)

	require.NoError(t, first.Process.Kill()) // which unlocks it
	require.Error(t, first.Wait())
	assert.Equal(t, "1 submitted, 0 in doubt, 0 wrong, 0 waiting\n", s.finish())
}
