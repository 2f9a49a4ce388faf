package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// A program is this one, in a process of its own.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	lines  *bufio.Scanner
	stdout strings.Builder // as far as it was read
	stderr strings.Builder // once it has ended
}

// startLive runs the program with -live. A secret in the place of the server's
// own is the wrong one.
func startLive(t *testing.T, srv *verifftest.Server, secret string, args ...string) *program {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // if it hangs
	t.Cleanup(cancel)

	p := &program{t: t, cmd: exec.CommandContext(ctx, path, append([]string{"-live"}, args...)...)}
	p.cmd.Env = append(os.Environ(), asProgram+"=1", "GORACE=atexit_sleep_ms=0", // else a second under -race
		"VERIFF_API_KEY="+srv.APIKey, "VERIFF_SHARED_SECRET="+secret, "VERIFF_BASE_URL="+srv.URL)
	p.cmd.Stderr = &p.stderr
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	p.lines = bufio.NewScanner(stdout)
	require.NoError(t, p.cmd.Start())
	return p
}

// until reads on to the line that holds text.
func (p *program) until(text string) string {
	p.t.Helper()
	for p.lines.Scan() {
		p.stdout.WriteString(p.lines.Text() + "\n")
		if strings.Contains(p.lines.Text(), text) {
			return strings.TrimSpace(p.lines.Text())
		}
	}
	_ = p.cmd.Wait()
	require.FailNow(p.t, "the program ended before it wrote "+text, "%s%s", p.stdout.String(), p.stderr.String())
	return ""
}

// end reads the rest and returns the exit status.
func (p *program) end() int {
	p.t.Helper()
	for p.lines.Scan() {
		p.stdout.WriteString(p.lines.Text() + "\n")
	}
	require.NoError(p.t, p.lines.Err())
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		require.NoError(p.t, err)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *program) output() string { return p.stdout.String() + p.stderr.String() }

// click is the person on the hosted page.
func click(t *testing.T, address, outcome string) {
	t.Helper()
	page, err := http.PostForm(address, url.Values{
		"firstName": {"Mirae"}, "lastName": {"Hong"}, "dateOfBirth": {"1990-02-28"}, "documentNumber": {"M12345678"},
		"declineReason": {"102"}, "resubmitReason": {"203"}, "outcome": {outcome},
	})
	require.NoError(t, err)
	defer func() { _ = page.Body.Close() }()
	_, err = io.Copy(io.Discard, page.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, page.StatusCode)
}

func TestLive(t *testing.T) {
	personal := []string{"Mirae", "Hong", "1990-02-28", "M12345678"}
	for name, test := range map[string]struct {
		args     []string
		outcomes []string // clicked one after another
		exit     int
		says     []string
		shows    bool
	}{
		"approve": {outcomes: []string{"approve"}, exit: exitOK,
			says: []string{"approved    Veriff: approved (9001)", "Personal data is not printed"}},
		"approve and show": {args: []string{"-show"}, outcomes: []string{"approve"}, exit: exitOK, shows: true,
			says: []string{"approved    Veriff: approved (9001)", "Name       Mirae Hong", "Born       1990-02-28, "}},
		"decline": {outcomes: []string{"decline"}, exit: exitNotApproved,
			says: []string{"declined    Veriff: declined (9102)", "because: ", "(102)"}},
		"walk away": {outcomes: []string{"leave"}, exit: exitNotApproved,
			says: []string{"abandoned   Veriff: abandoned (9104)"}},
		"resubmit, then approve": {outcomes: []string{"resubmit", "approve"}, exit: exitOK,
			says: []string{"resubmit    Veriff: resubmission_requested (9103)", "(203)", "approved    Veriff: approved (9001)"}},
		"resubmit twice, then decline": {outcomes: []string{"resubmit", "resubmit", "decline"}, exit: exitNotApproved,
			says: []string{"resubmit    Veriff: resubmission_requested (9103)", "declined    Veriff: declined (9102)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := verifftest.NewServer(t)
			p := startLive(t, srv, srv.Secret, append(test.args, "-interval", "10ms")...)
			address := p.until(srv.URL)
			require.Len(t, srv.Sessions(), 1)
			assert.Equal(t, srv.Sessions()[0].URL, address)
			p.until("pending")
			for i, outcome := range test.outcomes {
				if i > 0 {
					p.until("the same URL takes another attempt")
					assert.Equal(t, address, p.until(srv.URL))
				}
				click(t, address, outcome)
			}
			assert.Equal(t, test.exit, p.end(), p.output())
			for _, text := range test.says {
				assert.Contains(t, p.stdout.String(), text)
			}
			for _, text := range personal {
				if test.shows {
					assert.Contains(t, p.stdout.String(), text)
				} else {
					assert.NotContains(t, p.output(), text)
				}
			}
			assert.Empty(t, p.stderr.String())
			assert.NotContains(t, p.output(), srv.Secret)
			assert.Len(t, srv.Sessions(), 1)
		})
	}
}

// With an hour between two questions, only the signal can end it.
func TestLiveInterrupted(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			srv := verifftest.NewServer(t)
			p := startLive(t, srv, srv.Secret, "-interval", "1h")
			p.until("pending")
			require.NoError(t, p.cmd.Process.Signal(signal))
			assert.Equal(t, exitInterrupted, p.end())
			assert.Contains(t, p.stderr.String(), "interrupted; the check goes on at the vendor")
		})
	}
}

// While the question is under way, too.
func TestLiveInterruptedInACall(t *testing.T) {
	srv := verifftest.NewServer(t)
	require.NoError(t, srv.Inject(verifftest.Stall(nil).On(verifftest.DecisionRoute)))
	p := startLive(t, srv, srv.Secret)
	p.until("Ctrl-C")
	require.NoError(t, p.cmd.Process.Signal(os.Interrupt))
	assert.Equal(t, exitInterrupted, p.end())
}

func TestLiveWrongSecret(t *testing.T) {
	srv := verifftest.NewServer(t)
	const wrong = "11111111-2222-4333-8444-555555555555"
	p := startLive(t, srv, wrong)
	assert.Equal(t, exitFailed, p.end())
	assert.Empty(t, p.stdout.String())
	assert.Contains(t, p.stderr.String(), "unauthorized (1819: ")
	assert.NotContains(t, p.stderr.String(), wrong)
	assert.Empty(t, srv.Sessions())
}

func TestLiveFaults(t *testing.T) {
	srv := verifftest.NewServer(t)
	require.NoError(t, srv.Inject(verifftest.Status(http.StatusInternalServerError, 0).On(verifftest.DecisionRoute).Times(2)))
	p := startLive(t, srv, srv.Secret, "-interval", "10ms")
	address := p.until(srv.URL)
	assert.Contains(t, p.until("asking again in 20ms"), "500 unavailable")
	p.until("asking again in 40ms")
	p.until("pending")
	require.NoError(t, srv.Inject(verifftest.HTML(http.StatusInternalServerError).On(verifftest.DecisionRoute)))
	p.until("asking again in 20ms") // an answer ended the row of failures
	click(t, address, "approve")
	assert.Equal(t, exitOK, p.end(), p.output())
}

// What asking again cannot help ends it.
func TestLiveRefusedLater(t *testing.T) {
	for name, test := range map[string]struct {
		fault verifftest.Fault
		says  string
	}{
		"credentials revoked": {verifftest.Status(http.StatusUnauthorized, 0), "401 unauthorized"},
		"another session":     {verifftest.AnotherSession(), "about another session"},
		"wrong signature":     {verifftest.WrongSignature(), "signature does not hold"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := verifftest.NewServer(t)
			p := startLive(t, srv, srv.Secret, "-interval", "10ms")
			p.until("pending")
			require.NoError(t, srv.ForceDecision(srv.Sessions()[0].ID, map[string]any{"status": "review", "code": 9121}))
			p.until("review")
			require.NoError(t, srv.Inject(test.fault.On(verifftest.DecisionRoute)))
			assert.Equal(t, exitFailed, p.end(), p.output())
			assert.Contains(t, p.stderr.String(), test.says)
		})
	}
}

// What nobody has heard of ends nothing, and admits nobody.
func TestLiveUnknownStatus(t *testing.T) {
	srv := verifftest.NewServer(t)
	p := startLive(t, srv, srv.Secret, "-interval", "10ms")
	p.until("pending")
	id := srv.Sessions()[0].ID
	require.NoError(t, srv.ForceDecision(id, map[string]any{"status": "quantum", "code": 9999}))
	assert.Contains(t, p.until("quantum"), "unknown     Veriff: quantum (9999)")
	asked := len(srv.Requests())
	require.Eventually(t, func() bool { return len(srv.Requests()) > asked+2 }, time.Minute, time.Millisecond)
	require.NoError(t, srv.ForceDecision(id, nil))
	assert.Equal(t, exitOK, p.end(), p.output())
	assert.Equal(t, 1, strings.Count(p.stdout.String(), "quantum"), "what is told already is not told again")
}

func TestPause(t *testing.T) {
	asked := &kyc.Error{Kind: kyc.ErrRateLimited, Err: &veriff.Error{RetryAfter: 90 * time.Second}}
	for name, test := range map[string]struct {
		interval time.Duration
		failures int
		err      error
		want     time.Duration
	}{
		"no failure":             {5 * time.Second, 0, nil, 5 * time.Second},
		"one failure":            {5 * time.Second, 1, kyc.ErrUnavailable, 10 * time.Second},
		"two failures":           {5 * time.Second, 2, kyc.ErrUnavailable, 20 * time.Second},
		"up to a minute":         {5 * time.Second, 1000, kyc.ErrUnavailable, time.Minute},
		"never under interval":   {time.Hour, 3, kyc.ErrUnavailable, time.Hour},
		"as long as asked":       {5 * time.Second, 1, asked, 90 * time.Second},
		"longer than asked, too": {5 * time.Minute, 1, asked, 5 * time.Minute},
	} {
		assert.Equal(t, test.want, pause(test.interval, test.failures, test.err), name)
	}
}
