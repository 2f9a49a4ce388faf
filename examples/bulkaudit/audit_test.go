package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestDemonstration(t *testing.T) {
	nowhere, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer func() { _ = nowhere.Close() }()
	var out strings.Builder
	require.NoError(t, demonstrate(t.Context(), &out, nowhere), "%s", &out)
	rest := out.String()
	for _, line := range []string{
		"0 submitted, 1 in doubt, 1 wrong, 4 waiting\n",
		"line 7: wrong: document_front: path escapes from parent\n",
		"4 submitted, 1 in doubt, 1 wrong, 0 waiting\n",
		",'=1+1,submitted,",
		"5 submitted, 0 in doubt, 1 wrong, 0 waiting\n",
		"Veriff has 6 sessions with 12 images in all, 5 of them submitted\n",
	} {
		var found bool
		_, rest, found = strings.Cut(rest, line)
		require.True(t, found, "%s\nis not, or not in this place, in\n%s", line, &out)
	}
	assert.NotRegexp(t, `Mirae|Hong|Hanako|Mari|Sarah|Eve`, out.String())
}

func TestAudit(t *testing.T) {
	s := newSite(t, 20)
	s.workers = 4
	out, err := s.run()
	require.NoError(t, err)
	assert.Equal(t, "20 submitted, 0 in doubt, 0 wrong, 0 waiting\n", out)
	assert.Equal(t, count{20, 20, 40, 20}, s.count())

	sessions := map[string]string{} // by vendorData, which is unguessable
	for _, session := range s.srv.Sessions() {
		assert.Regexp(t, `^[A-Z2-7]{26}$`, session.VendorData)
		sessions[session.VendorData] = session.ID
	}
	assert.Len(t, sessions, 20)
	for _, step := range s.steps() {
		if step.Step == stepCreate {
			assert.Equal(t, sessions[step.VendorData], s.rows()[step.Customer][3], "the customer has their own session")
		}
	}
	for _, r := range s.srv.Requests() {
		if r.Path == "/v1/sessions" {
			assert.Contains(t, string(r.Body), `"person":{"firstName":"Mirae","lastName":"Hong","dateOfBirth":"1990-02-28"}`)
		}
	}
	for _, file := range []string{s.journal, s.journal + ".lock", s.summary} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file)
	}
	text, err := os.ReadFile(s.journal)
	require.NoError(t, err)
	assert.NotRegexp(t, `Mirae|Hong|1990|face\.jpg`, string(text))
	assert.NotContains(t, string(text), s.srv.APIKey)
}

func TestSteps(t *testing.T) {
	s := newSite(t, 1)
	_, err := s.run()
	require.NoError(t, err)
	var steps []string
	for _, r := range s.steps() {
		steps = append(steps, string(r.Step)+" "+string(r.Context))
	}
	assert.Equal(t, []string{"create ", "created ", "upload face", "uploaded face", "upload document-front", "uploaded document-front",
		"submit ", "submitted "}, steps)
	assert.Len(t, s.srv.Requests(), 4)
}

// What would befall everybody ends the run after the first.
func TestStopped(t *testing.T) {
	for name, test := range map[string]struct {
		fault   verifftest.Fault
		inDoubt int
	}{
		"unauthorized":               {verifftest.Status(http.StatusUnauthorized, 0), 0},
		"forbidden":                  {verifftest.Status(http.StatusForbidden, 0), 0},
		"rate limited":               {verifftest.Status(http.StatusTooManyRequests, time.Second), 0},
		"error 500 to a create":      {verifftest.Status(http.StatusInternalServerError, 0), 1},
		"create lost on its way":     {verifftest.ResetBefore(), 1},
		"answer to a create lost":    {verifftest.ResetAfter(), 1},
		"a create's answer forged":   {verifftest.WrongSignature(), 1},
		"a create's answer cut":      {verifftest.Truncate(), 1},
		"a proxy answers a create":   {verifftest.HTML(http.StatusOK), 1},
		"answer to an upload lost":   {verifftest.ResetAfter().On(verifftest.UploadMediaRoute), 0},
		"upload lost on its way":     {verifftest.ResetBefore().On(verifftest.UploadMediaRoute), 0},
		"answer to a submission":     {verifftest.ResetAfter().On(verifftest.SubmitSessionRoute), 0},
		"submission lost on its way": {verifftest.ResetBefore().On(verifftest.SubmitSessionRoute), 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, 3)
			require.NoError(t, s.srv.Inject(test.fault))
			out, err := s.run()
			require.ErrorContains(t, err, "stopped, run it again: ")
			assert.LessOrEqual(t, s.count().creates, 1)
			if test.inDoubt > 0 {
				assert.Contains(t, out, "0 submitted, 1 in doubt, 0 wrong, 2 waiting\n")
			} else {
				assert.Contains(t, out, "0 submitted, 0 in doubt, 0 wrong, 3 waiting\n")
			}

			_, err = s.run()
			assert.Equal(t, test.inDoubt == 0, err == nil)
			got := s.count()
			assert.Equal(t, 3-test.inDoubt, got.submitted)
			assert.Equal(t, 2*got.submitted, got.media)
			if test.inDoubt > 0 {
				assert.Equal(t, 3, got.creates)
			}
		})
	}
}

// What concerns one customer does not keep the others.
func TestRefused(t *testing.T) {
	s := newSite(t, 2)
	require.NoError(t, s.srv.Inject(verifftest.Status(http.StatusBadRequest, 0).On(verifftest.CreateSessionRoute)))
	out, err := s.run()
	require.ErrorContains(t, err, "1 not submitted")
	assert.Contains(t, out, "line 2: wrong: veriff: CreateSession: 400 invalid request\n1 submitted, 0 in doubt, 1 wrong, 0 waiting\n")
	_, err = s.run() // Veriff has made none, so that there is no doubt
	require.NoError(t, err)
	assert.Equal(t, count{3, 2, 4, 2}, s.count())
}

func TestSessionThatEndedIsNotSubmitted(t *testing.T) {
	s := newSite(t, 1)
	require.NoError(t, s.srv.Inject(verifftest.ResetBefore().On(verifftest.SubmitSessionRoute)))
	_, err := s.run()
	require.Error(t, err)
	s.srv.Advance(8 * 24 * time.Hour)
	out, err := s.run()
	require.Error(t, err)
	assert.Contains(t, out, "line 2: wrong: veriff: SubmitSession: 400 invalid request, conflict (1304: ")
	assert.Equal(t, statusWrong, s.status("customer-1"))

	s.again = []string{"customer-1"} // a person allows another one, to which everything goes anew
	_, err = s.run()
	require.NoError(t, err)
	assert.Equal(t, count{2, 2, 4, 1}, s.count())
}

// Ctrl-C waits for the call that is on its way, and begins no other.
func TestInterrupted(t *testing.T) {
	for name, test := range map[string]struct {
		route verifftest.Route
		steps int // in the journal
	}{
		"create":     {verifftest.CreateSessionRoute, 2},
		"upload":     {verifftest.UploadMediaRoute, 4},
		"submission": {verifftest.SubmitSessionRoute, 8},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, 2)
			release := make(chan struct{})
			require.NoError(t, s.srv.Inject(verifftest.Stall(release).On(test.route)))
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- s.runIn(ctx, io.Discard) }()
			method, suffix, _ := strings.Cut(strings.Replace(string(test.route), "/v1/sessions/{id}", "", 1), " ")
			require.Eventually(t, s.came(method, suffix), time.Minute, time.Millisecond)
			cancel()
			close(release)
			require.ErrorIs(t, <-ended, context.Canceled)
			assert.Len(t, s.steps(), test.steps)
			assert.Equal(t, statusWaiting, s.status("customer-2"))

			_, err := s.run()
			require.NoError(t, err)
			assert.Equal(t, count{2, 2, 4, 2}, s.count())
		})
	}
}

func TestStoppedBeforeItBegins(t *testing.T) {
	s := newSite(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.runIn(ctx, io.Discard), context.Canceled)
	assert.Empty(t, s.srv.Requests())
	assert.Equal(t, statusWaiting, s.status("customer-2"))
}

// References that moved to other rows mix no customers up.
func TestRowThatBecameAnother(t *testing.T) {
	const mirae, hanako = ",Mirae,Hong,,face.jpg,front.jpg\n", ",Hanako,Sato,,face.jpg,front.jpg\n"
	for name, fault := range map[string]verifftest.Fault{
		"submitted": verifftest.ResetBefore().On(verifftest.DecisionRoute), // nothing happens
		"begun":     verifftest.ResetBefore().On(verifftest.UploadMediaRoute),
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, 0)
			s.table(header + "1" + mirae)
			require.NoError(t, s.srv.Inject(fault))
			_, _ = s.run()
			before := s.count()

			s.table(header + "1" + hanako + "2" + mirae)
			out, err := s.run()
			require.Error(t, err)
			assert.Contains(t, out, "line 2: wrong: the session of this reference is for a row that says something else")
			assert.Empty(t, s.rows()["1"][3])
			assert.Equal(t, count{2, 2, before.media + 2, before.submitted + 1}, s.count())

			s.table(header + "1" + mirae + "2" + mirae)
			_, err = s.run()
			require.NoError(t, err)
			assert.Equal(t, count{2, 2, 4, 2}, s.count())
		})
	}
}

// The photos of who was submitted are not needed any more.
func TestPhotosThatAreGone(t *testing.T) {
	s := newSite(t, 2)
	_, err := s.run()
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(s.images, "face.jpg")))
	out, err := s.run()
	require.NoError(t, err)
	assert.Equal(t, "2 submitted, 0 in doubt, 0 wrong, 0 waiting\n", out)
}

// A list as document 003 has it names no contexts.
func TestLostUploadsInAnOldList(t *testing.T) {
	s := newSite(t, 1)
	s.srv = verifftest.NewServer(t, verifftest.WithOldMediaLists())
	for _, fault := range []verifftest.Fault{verifftest.ResetAfter(), verifftest.ResetBefore()} { // the face arrives, the front does not
		require.NoError(t, s.srv.Inject(fault.On(verifftest.UploadMediaRoute)))
		_, err := s.run()
		require.Error(t, err)
	}
	_, err := s.run()
	require.NoError(t, err)
	assert.Equal(t, count{1, 1, 2, 1}, s.count())
}

func TestAgain(t *testing.T) {
	s := newSite(t, 1)
	_, err := s.run()
	require.NoError(t, err)
	for _, reference := range []string{"customer-1", "customer-2"} {
		s.again = []string{reference}
		_, err = s.run()
		assert.EqualError(t, err, "-again: this customer has no session that another could replace")
	}
	assert.Equal(t, count{1, 1, 2, 1}, s.count())
}

func TestCustomerInDoubtWhoLeftTheTable(t *testing.T) {
	s := newSite(t, 1)
	require.NoError(t, s.srv.Inject(verifftest.ResetAfter()))
	_, err := s.run()
	require.Error(t, err)
	s.table(header)
	out, err := s.run()
	require.Error(t, err)
	assert.Contains(t, out, "0 submitted, 1 in doubt")
	assert.Equal(t, statusInDoubt, s.status("customer-1"))
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	for _, missing := range []string{"VERIFF_API_KEY", "VERIFF_SHARED_SECRET", "VERIFF_BASE_URL"} {
		s := newSite(t, 1)
		cmd := s.program()
		cmd.Env = append(cmd.Env, missing+"=")
		out, err := cmd.CombinedOutput()
		require.Error(t, err)
		assert.Equal(t, "bulkaudit: not set in the environment: "+missing+" (or try -fake)\n", string(out))
		assert.NoFileExists(t, s.journal)
	}
}
