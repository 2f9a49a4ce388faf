package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

const asProgram = "ARCHIVE_AS_PROGRAM" // makes the test binary be the program

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	main()
}

// A site is a job, and the fake Veriff that it is for.
type site struct {
	job
	*testing.T
	srv     *verifftest.Server
	options []veriff.Option
}

// newSite has n approved sessions, each with two photos and a video.
func newSite(t *testing.T, n int, options ...verifftest.Option) *site {
	t.Helper()
	s := &site{T: t, srv: verifftest.NewServer(t, options...), job: job{dir: filepath.Join(t.TempDir(), "archive"), workers: 2}}
	for range n {
		require.NoError(t, s.srv.Approve(s.submitted(), verifftest.Person{FirstName: "Mirae"}))
	}
	return s
}

func (s *site) submitted() string {
	s.Helper()
	client, err := s.client()
	require.NoError(s, err)
	session, err := client.CreateSession(s.Context(), &veriff.CreateSessionRequest{})
	require.NoError(s, err)
	require.NoError(s, s.srv.Submit(session.ID))
	s.sessions = append(s.sessions, session.ID)
	return session.ID
}

func (s *site) client() (*veriff.Client, error) {
	return veriff.NewClient(s.srv.APIKey, s.srv.Secret,
		append([]veriff.Option{veriff.WithBaseURL(s.srv.URL), veriff.WithMaxAttempts(1)}, s.options...)...)
}

func (s *site) run() (string, error) {
	s.Helper()
	client, err := s.client()
	require.NoError(s, err)
	nowhere, err := os.Open(os.DevNull)
	require.NoError(s, err)
	defer func() { _ = nowhere.Close() }()
	var out strings.Builder
	err = s.job.run(s.Context(), client, &out, nowhere)
	return out.String(), err
}

// complete runs it, and says what must be true of a complete archive.
func (s *site) complete(want tally) {
	s.Helper()
	out, err := s.run()
	require.NoError(s, err, "%s", out)
	assert.Equal(s, fmt.Sprintf("%d of %[1]d sessions are complete: %v\n", len(s.sessions), want), out)
	for _, id := range s.sessions {
		var sums []string
		for _, m := range s.srv.Media(id) {
			name := m.ID + map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4", "application/octet-stream": ".bin"}[m.MimeType]
			content, err := os.ReadFile(filepath.Join(s.dir, id, name))
			require.NoError(s, err)
			assert.Equal(s, m.Content, content)
			sum := sha256.Sum256(m.Content)
			sums = append(sums, hex.EncodeToString(sum[:])+"  "+name+"\n")
		}
		slices.SortFunc(sums, func(a, b string) int { return strings.Compare(a[66:], b[66:]) })
		text, err := os.ReadFile(filepath.Join(s.dir, id, manifestName))
		require.NoError(s, err)
		assert.Equal(s, strings.Join(sums, ""), string(text))
		entries, err := os.ReadDir(filepath.Join(s.dir, id))
		require.NoError(s, err)
		assert.Len(s, entries, len(sums)+1, "and nothing else")
	}
	require.NoError(s, filepath.WalkDir(s.dir, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(s, err)
		info, err := entry.Info()
		require.NoError(s, err)
		if entry.IsDir() {
			assert.Equal(s, os.FileMode(0o700), info.Mode().Perm(), path)
		} else {
			assert.Equal(s, os.FileMode(0o600), info.Mode().Perm(), path)
		}
		return nil
	}))
}

// downloads are the requests for files.
func (s *site) downloads() (n int) {
	for _, r := range s.srv.Requests() {
		if strings.HasPrefix(r.Path, "/v1/media/") {
			n++
		}
	}
	return n
}

// path is the first file of the first session with this extension.
func (s *site) path(extension string) string {
	s.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, s.sessions[0], "*"+extension))
	require.NoError(s, err)
	require.NotEmpty(s, found)
	return found[0]
}

func TestDemonstration(t *testing.T) {
	nowhere, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer func() { _ = nowhere.Close() }()
	var out strings.Builder
	require.NoError(t, demonstrate(t.Context(), &out, nowhere), "%s", &out)
	for _, line := range []string{
		"1 of 3 sessions are complete: 3 files fetched (0 unsigned, 0 because they had changed), 0 were there\n",
		"3 of 3 sessions are complete: 7 files fetched (0 unsigned, 0 because they had changed), 3 were there\n",
		"3 of 3 sessions are complete: 1 files fetched (0 unsigned, 1 because they had changed), 9 were there\n",
	} {
		assert.Contains(t, out.String(), line)
	}
	assert.NotRegexp(t, `Mirae|Hanako|film`, out.String())
}

func TestArchive(t *testing.T) {
	s := newSite(t, 4)
	for _, m := range []verifftest.Media{
		{Kind: verifftest.NFCMedia, MimeType: "application/octet-stream", Name: "/etc/passwd", Content: []byte("a chip")},
		{Kind: verifftest.VideoMedia, MimeType: "video/mp4", Name: "../../film.mp4", Content: []byte(strings.Repeat("film", 1<<20)), Duration: time.Hour},
		{Kind: verifftest.ImageMedia, MimeType: "image/png", Name: "..", Content: []byte("\x89PNG\r\n\x1a\n")},
	} {
		_, err := s.srv.AddMedia(s.sessions[1], m)
		require.NoError(t, err)
	}
	s.complete(tally{fetched: 15})
	assert.Equal(t, 15, s.downloads())
	s.complete(tally{kept: 15})
	assert.Equal(t, 15, s.downloads(), "none is fetched again")
}

// Whatever has become of the files, the next run makes them whole, and fetches
// only what it must.
func TestResumed(t *testing.T) {
	for name, test := range map[string]struct {
		harm func(*site) error
		want tally
	}{
		"a file is cut": {func(s *site) error { return os.Truncate(s.path(".mp4"), 5) },
			tally{fetched: 1, changed: 1, kept: 2}},
		"a bit is flipped": {func(s *site) error {
			content, err := os.ReadFile(s.path(".jpg"))
			require.NoError(s, err)
			content[100] ^= 1
			return os.WriteFile(s.path(".jpg"), content, 0o600)
		}, tally{fetched: 1, changed: 1, kept: 2}},
		"a file is gone": {func(s *site) error { return os.Remove(s.path(".jpg")) },
			tally{fetched: 1, kept: 2}},
		"a file is not in the manifest": {func(s *site) error { // killed between the two
			text, err := os.ReadFile(s.path(manifestName))
			require.NoError(s, err)
			return os.WriteFile(s.path(manifestName), text[strings.Index(string(text), "\n")+1:], 0o600)
		}, tally{fetched: 1, kept: 2}},
		"there is no manifest": {func(s *site) error { return os.Remove(s.path(manifestName)) },
			tally{fetched: 3}},
		"unfinished files are left": {func(s *site) error {
			dir := filepath.Join(s.dir, s.sessions[0])
			require.NoError(s, os.WriteFile(filepath.Join(dir, ".manifest-1"), []byte("half"), 0o600))
			return os.WriteFile(filepath.Join(dir, ".veriff-1"), []byte("half"), 0o600)
		}, tally{kept: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, 1)
			s.complete(tally{fetched: 3})
			require.NoError(t, test.harm(s))
			s.complete(test.want)
		})
	}
}

// What is not whole and genuine never has a name.
func TestDownloadsThatFail(t *testing.T) {
	for name, test := range map[string]struct {
		fault verifftest.Fault
		says  string
	}{
		"forged":         {verifftest.WrongSignature(), "signature does not hold"},
		"cut off":        {verifftest.Truncate(), "cut off"},
		"a proxy's page": {verifftest.HTML(http.StatusOK), "a web page, not media"},
		"not there":      {verifftest.Status(http.StatusNotFound, 0), "404 not found"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, 3)
			s.options = []veriff.Option{veriff.WithSignedAnswersOnly()}
			s.workers = 1
			require.NoError(t, s.srv.Inject(test.fault.On(verifftest.DownloadMediaRoute)))
			out, err := s.run()
			require.EqualError(t, err, "1 of 3 sessions are not complete, run it again")
			assert.Contains(t, out, test.says)
			assert.Contains(t, out, "2 of 3 sessions are complete: 6 files fetched")
			s.complete(tally{fetched: 3, kept: 6})
		})
	}
}

func TestKilledWhileItDownloads(t *testing.T) {
	s := newSite(t, 1)
	require.NoError(t, s.srv.Inject(verifftest.StallBody(nil).On(verifftest.DownloadMediaRoute)))
	cmd := s.program("-dir", s.dir, s.sessions[0])
	require.NoError(t, cmd.Start())
	folder := filepath.Join(s.dir, s.sessions[0])
	half := func() bool { // of the file has come
		entries, _ := filepath.Glob(filepath.Join(folder, ".veriff-*"))
		if len(entries) == 0 {
			return false
		}
		info, err := os.Stat(entries[0])
		return err == nil && info.Size() > 0
	}
	require.Eventually(t, half, time.Minute, time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.Equal(t, syscall.SIGKILL, cmd.ProcessState.Sys().(syscall.WaitStatus).Signal())
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "the hidden one")
	s.complete(tally{fetched: 3})
}

func TestUnsignedFiles(t *testing.T) {
	s := newSite(t, 1, verifftest.WithUnsignedMedia())
	s.options = []veriff.Option{veriff.WithSignedAnswersOnly()}
	out, err := s.run()
	require.Error(t, err)
	assert.Contains(t, out, "signature")
	s.options = nil
	s.complete(tally{fetched: 3, unsigned: 3})
}

func TestProgramTakesOnlyWhatIsSigned(t *testing.T) {
	s := newSite(t, 1, verifftest.WithUnsignedMedia())
	out, err := s.program("-signed", "-dir", s.dir, s.sessions[0]).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "0 of 1 sessions are complete: 0 files fetched")
}

func TestSessionsThatAreNotCompleted(t *testing.T) {
	s := newSite(t, 0)
	id := s.submitted()
	for _, next := range []func() error{
		func() error { return nil },
		func() error { return s.srv.Review(id) },
		func() error { return s.srv.RequestResubmission(id, 203, "") },
	} {
		require.NoError(t, next())
		out, err := s.run()
		require.Error(t, err)
		assert.Contains(t, out, id+": not completed")
	}
	assert.Zero(t, s.downloads())
	require.NoError(t, s.srv.Submit(id))
	require.NoError(t, s.srv.Decline(id, 106, ""))
	s.complete(tally{fetched: 6})
}

func TestSessionWithoutMedia(t *testing.T) {
	s := newSite(t, 0)
	client, err := s.client()
	require.NoError(t, err)
	for range 2 {
		session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
		require.NoError(t, err)
		s.sessions = append(s.sessions, session.ID)
	}
	require.NoError(t, s.srv.Expire(s.sessions[0]))
	require.NoError(t, s.srv.ForceDecision(s.sessions[1], nil)) // approved
	out, err := s.run()
	require.Error(t, err)
	assert.Contains(t, out, s.sessions[1]+": decided, and Veriff lists no media\n1 of 2 sessions are complete: 0 files")
}

func TestMediaOfAnotherSession(t *testing.T) {
	s := newSite(t, 1)
	require.NoError(t, s.srv.Inject(verifftest.AnotherSession().On(verifftest.SessionMediaRoute)))
	out, err := s.run()
	require.Error(t, err)
	assert.Contains(t, out, "about another session")
	assert.Zero(t, s.downloads())
}

// relay sends requests to the fake, but answers lists of media itself.
type relay string

func (list relay) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/media") {
		return http.DefaultTransport.RoundTrip(r)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(list))), Request: r}, nil
}

// One file never takes another one's place.
func TestMediaOfOneName(t *testing.T) {
	s := newSite(t, 1)
	s.options = []veriff.Option{veriff.WithHTTPClient(&http.Client{Transport: relay(
		`{"status":"success","images":[{"id":"a.b"},{"id":"a_b"}],"videos":[]}`)})}
	out, err := s.run()
	require.Error(t, err)
	assert.Contains(t, out, "two files would have one name")
	assert.Zero(t, s.downloads())
}

func TestStopped(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			s := newSite(t, 3)
			s.workers = 1
			requests := len(s.srv.Requests())
			require.NoError(t, s.srv.Inject(verifftest.Status(status, 0).On(verifftest.DecisionRoute)))
			out, err := s.run()
			require.Error(t, err)
			assert.Equal(t, 2, strings.Count(out, "not looked at"))
			assert.Len(t, s.srv.Requests(), requests+1)
			s.complete(tally{fetched: 9})
		})
	}
}

func TestInterrupted(t *testing.T) {
	s := newSite(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	client, err := s.client()
	require.NoError(t, err)
	requests := len(s.srv.Requests())
	require.Error(t, s.job.run(ctx, client, io.Discard, os.Stderr))
	assert.Len(t, s.srv.Requests(), requests)
}

func TestDamagedManifest(t *testing.T) {
	s := newSite(t, 1)
	s.complete(tally{fetched: 3})
	require.NoError(t, os.WriteFile(s.path(manifestName), []byte("../../etc/passwd\n"), 0o600))
	out, err := s.run()
	require.Error(t, err)
	assert.Contains(t, out, "line 1 of its SHA256SUMS cannot be understood")
}

func TestFolderThatOthersMayEnter(t *testing.T) {
	s := newSite(t, 1)
	require.NoError(t, os.Mkdir(s.dir, 0o700))
	require.NoError(t, os.Chmod(s.dir, 0o750))
	_, err := s.run()
	require.ErrorContains(t, err, "others may enter it: chmod 700")
	assert.Zero(t, s.downloads())
}

func (s *site) program(args ...string) *exec.Cmd {
	s.Helper()
	cmd := exec.CommandContext(s.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1",
		"VERIFF_API_KEY="+s.srv.APIKey, "VERIFF_SHARED_SECRET="+s.srv.Secret, "VERIFF_BASE_URL="+s.srv.URL)
	return cmd
}

func TestProgram(t *testing.T) {
	s := newSite(t, 2)
	list := filepath.Join(t.TempDir(), "sessions.txt")
	require.NoError(t, os.WriteFile(list, []byte("\n "+s.sessions[1]+"\r\n"+s.sessions[0]+"\n"), 0o600))
	out, err := s.program("-signed", "-dir", s.dir, "-sessions", list, s.sessions[0]).CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Equal(t, "2 of 2 sessions are complete: "+tally{fetched: 6}.String()+"\n", string(out), "and no bar where there is no terminal")
	s.complete(tally{kept: 6})
}

func TestTwoProcesses(t *testing.T) {
	s := newSite(t, 1)
	require.NoError(t, s.srv.Inject(verifftest.Stall(nil).On(verifftest.DownloadMediaRoute)))
	first := s.program("-dir", s.dir, s.sessions[0])
	require.NoError(t, first.Start())
	require.Eventually(t, func() bool { return s.downloads() == 1 }, time.Minute, time.Millisecond)
	_, err := s.run()
	require.ErrorContains(t, err, "another process is at work in it")
	require.NoError(t, first.Process.Kill())
	require.Error(t, first.Wait())
	s.complete(tally{fetched: 3})
}

func TestWrongSessions(t *testing.T) {
	list := filepath.Join(t.TempDir(), "sessions.txt")
	require.NoError(t, os.WriteFile(list, []byte("12df6045-3846-3e45-946a-14fa6136d78b\n../../etc\n"), 0o600))
	for _, test := range []struct {
		args []string
		file string
		says string
	}{
		{nil, "", "no sessions: name them, or a file with -sessions (or try -fake)"},
		{[]string{"12df6045-3846-3e45-946a-14fa6136d78b", ".."}, "", "argument 2 is not the id of a session"},
		{[]string{"12df6045-3846-3e45-946a-14fa6136d78b/"}, "", "argument 1 is not the id of a session"},
		{nil, list, list + ": line 2 is not the id of a session"},
	} {
		_, err := readSessions(test.args, test.file)
		assert.EqualError(t, err, test.says)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	s := newSite(t, 1)
	for _, missing := range []string{"VERIFF_API_KEY", "VERIFF_SHARED_SECRET", "VERIFF_BASE_URL"} {
		cmd := s.program("-dir", s.dir, s.sessions[0])
		cmd.Env = append(cmd.Env, missing+"=")
		out, err := cmd.CombinedOutput()
		require.Error(t, err)
		assert.Equal(t, "archive: not set in the environment: "+missing+" (or try -fake)\n", string(out))
	}
	assert.NoDirExists(t, s.dir)
}
