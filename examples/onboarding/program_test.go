//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
)

const asProgram = "ONBOARDING_AS_PROGRAM" // makes the test binary be the program

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	main()
}

// An event is what a test can see of the program, and act at.
type event int

const (
	asked    event = iota // a vendor has a request, and has done nothing yet
	answered              // a vendor has done it, and the program does not know yet
	visited               // the program has a browser's request
	served                // a browser has the beginning of an answer
	called                // the program has a webhook
	heard                 // Veriff has the answer
	wrote                 // the program has written to its database's files
	events
)

func (e event) String() string {
	return [...]string{"asked", "answered", "visited", "served", "called", "heard", "wrote"}[e]
}

// A site is the program in earnest, as often as it is killed, the internet
// around it, and the proxy in front of it that speaks TLS.
type site struct {
	*testing.T
	*internet
	path string // of the database
	env  []string

	mu      sync.Mutex
	changed *sync.Cond
	running *process // nil while there is none that listens
	// patience ends when Veriff gives up the deliveries that are under way.
	patience context.Context

	counts [events]atomic.Int64
	fuse   atomic.Pointer[fuse]

	figures map[string]int // of the report
}

// A fuse does something at the nth event of a kind from now on, before whoever
// had it happen goes on.
type fuse struct {
	event event
	left  atomic.Int64
	blow  func()
}

const siteURL = "https://maru.example"

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, path: filepath.Join(t.TempDir(), "onboarding.db"), figures: map[string]int{}, patience: t.Context()}
	s.changed = sync.NewCond(&s.mu)
	s.internet = newInternet(t, s.happen)
	s.env = append(os.Environ(), asProgram+"=1", "HTTPS_PROXY="+s.proxy, "NO_PROXY=", "SSL_CERT_FILE="+s.roots,
		"ONBOARDING_BASE_URL="+siteURL, "ONBOARDING_PEPPER="+hex.EncodeToString(bytes.Repeat([]byte{7}, kyc.MinPepper)),
		"IAMPORT_REST_API_KEY="+s.iamport.APIKey, "IAMPORT_REST_API_SECRET="+s.iamport.APISecret,
		"IAMPORT_USER_CODE="+s.iamport.UserCode, "IAMPORT_CHANNEL_KEY="+s.iamport.ChannelKey,
		"TOMOIDV_CLIENT_ID="+s.tomoidv.ClientID, "TOMOIDV_SECRET_KEY="+s.tomoidv.SecretKey,
		"VERIFF_API_KEY="+s.veriff.APIKey, "VERIFF_SHARED_SECRET="+s.veriff.Secret, "VERIFF_BASE_URL=https://"+veriffHost)
	s.veriff.DeliverTo(http.HandlerFunc(s.deliver))
	return s
}

// happen counts an event, and blows the fuse if it is its turn.
func (s *site) happen(e event) {
	s.counts[e].Add(1)
	if f := s.fuse.Load(); f != nil && f.event == e && f.left.Add(-1) == 0 {
		f.blow()
	}
}

// at sets the fuse.
func (s *site) at(e event, n int, blow func()) {
	f := &fuse{event: e, blow: blow}
	f.left.Store(int64(n))
	s.fuse.Store(f)
}

// A process is one life of the program.
type process struct {
	*exec.Cmd
	address   string // where it listens
	transport *http.Transport
	log       *logged
	doomed    atomic.Bool // has been sent a signal that ends it
	ended     chan struct{}
}

// start runs the program, and returns when it listens or has ended. A test that
// wants to end it before that arms what does.
func (s *site) start(arm ...func(*process)) *process {
	s.Helper()
	p := &process{Cmd: exec.Command(os.Args[0], "-addr", "127.0.0.1:0", "-db", s.path),
		transport: &http.Transport{}, log: &logged{}, ended: make(chan struct{})}
	p.Env, p.Stderr = s.env, p.log
	out, in, err := os.Pipe()
	require.NoError(s, err)
	p.Stdout = in
	require.NoError(s, p.Start())
	_ = in.Close()
	for _, arm := range arm {
		arm(p)
	}
	go s.wait(p)
	s.Cleanup(func() {
		p.kill() // of no consequence to one that has ended
		<-p.ended
	})
	line, _ := bufio.NewReader(out).ReadString('\n') // ends when the program does
	go func() {
		_, _ = io.Copy(io.Discard, out)
		_ = out.Close()
	}()
	_, p.address, _ = strings.Cut(strings.TrimSpace(line), siteURL+", listening on ")
	if p.address == "" {
		<-p.ended
		return p
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-p.ended:
	default:
		s.running = p
		s.changed.Broadcast()
	}
	return p
}

// wait sees a process end.
func (s *site) wait(p *process) {
	_ = p.Wait()
	assert.True(s, p.doomed.Load(), "the program ended by itself: %s", p.log)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == p {
		s.running = nil
	}
	p.transport.CloseIdleConnections()
	close(p.ended)
}

// kill is SIGKILL: the program does nothing any longer.
func (p *process) kill() { p.end(syscall.SIGKILL) }

func (p *process) end(signal syscall.Signal) {
	p.doomed.Store(true)
	_ = p.Process.Signal(signal)
}

// stop is SIGTERM, after which the program ends well.
func (p *process) stop(s *site) {
	s.Helper()
	p.end(syscall.SIGTERM)
	<-p.ended
	assert.Equal(s, 0, p.ProcessState.ExitCode(), "%s", p.log)
}

// suspend is SIGSTOP, until SIGCONT. What is sent to the program waits.
func (p *process) suspend(s *site) {
	s.Helper()
	assert.NoError(s, p.Process.Signal(syscall.SIGSTOP))
	assert.Eventually(s, func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Process.Pid))
		_, state, _ := bytes.Cut(stat, []byte(") "))
		return err == nil && bytes.HasPrefix(state, []byte("T"))
	}, time.Minute, time.Millisecond)
}

func (p *process) goOn(s *site) {
	s.Helper()
	require.NoError(s, p.Process.Signal(syscall.SIGCONT))
}

// next waits for a process that listens.
func (s *site) next() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.running == nil {
		s.changed.Wait()
	}
	return s.running
}

// hand gives a request to the process.
func (s *site) hand(p *process, r *http.Request, has, back event) (*http.Response, error) {
	out := r.Clone(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { s.happen(has) },
	}))
	out.URL.Scheme, out.URL.Host, out.Host, out.RequestURI = "http", p.address, r.URL.Host, ""
	answer, err := p.transport.RoundTrip(out)
	if err == nil {
		s.happen(back)
	}
	return answer, err
}

// RoundTrip is a browser's way to the site, which waits while nobody listens. A
// connection that is cut is the browser's to see: whoever sits there loads again.
func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	p := s.next()
	answer, err := s.hand(p, r, visited, served)
	if err == nil {
		answer.Body = &body{answer.Body, func() { s.cut(p) }}
		return answer, nil
	}
	s.cut(p)
	return nil, err
}

// A body tells when it breaks off.
type body struct {
	io.ReadCloser
	cut func()
}

func (b *body) Read(to []byte) (int, error) {
	n, err := b.ReadCloser.Read(to)
	if err != nil && err != io.EOF {
		b.cut()
	}
	return n, err
}

// cut waits until a process that cut a connection has ended, if that is why.
func (s *site) cut(p *process) {
	if p.doomed.Load() {
		<-p.ended
	}
}

// deliver is where Veriff sends webhooks. Nobody waits there for a program that
// is not running.
func (s *site) deliver(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	p, patience := s.running, s.patience
	s.mu.Unlock()
	if p == nil {
		panic(http.ErrAbortHandler)
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(patience, cancel)()
	r = r.WithContext(ctx)
	r.URL.Host = strings.TrimPrefix(siteURL, "https://")
	r.URL.Path = verifyPath + "/veriff/webhook"
	answer, err := s.hand(p, r, called, heard)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = answer.Body.Close() }()
	w.WriteHeader(answer.StatusCode)
}

// inside opens the database while no program does.
func (s *site) inside(do func(*database)) {
	s.Helper()
	db, err := openDatabase(s.path)
	require.NoError(s, err)
	defer func() { assert.NoError(s, db.Close()) }()
	do(db)
}
