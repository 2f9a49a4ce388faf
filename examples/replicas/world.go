package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// lease is shorter than in production, where nobody watches.
const lease = time.Second

// A world is all that the replicas talk to.
type world struct {
	command []string // that is a replica
	dir     string
	server  *process // redis-server
	redis   *redis.Client
	veriff  *verifftest.Server
	iamport *iamporttest.Server
	tomoidv *tomoidvtest.Server

	mu       sync.Mutex
	replicas []*process
	turn     int
}

// newWorld starts Redis and the fakes.
func newWorld(ctx context.Context, command ...string) (*world, error) {
	dir, err := os.MkdirTemp("", "replicas-")
	if err != nil {
		return nil, err
	}
	w := &world{command: command, dir: dir}
	w.redis = redis.NewClient(&redis.Options{Network: "unix", Addr: w.socket()})
	if err := w.startRedis(ctx); err != nil {
		w.close()
		return nil, err
	}
	if w.veriff, err = verifftest.Start(); err == nil {
		if w.iamport, err = iamporttest.Start(); err == nil {
			w.tomoidv, err = tomoidvtest.Start()
		}
	}
	if err != nil {
		w.close()
		return nil, err
	}
	w.veriff.DeliverTo(http.HandlerFunc(w.balance))
	return w, nil
}

func (w *world) close() {
	for _, p := range w.replicas {
		p.kill()
	}
	if w.veriff != nil {
		w.veriff.Close()
	}
	if w.iamport != nil {
		w.iamport.Close()
	}
	if w.tomoidv != nil {
		w.tomoidv.Close()
	}
	_ = w.redis.Close()
	if w.server != nil {
		w.server.kill()
	}
	_ = os.RemoveAll(w.dir)
}

// A process is one that was started here.
type process struct {
	address string // of a replica
	cmd     *exec.Cmd
}

// kill is SIGKILL: nothing in the process runs afterwards.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// startRedis starts a real server at a socket in the world's folder, which keeps
// nothing on disk.
func (w *world) startRedis(ctx context.Context) error {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("%w: install the Debian package redis-server", err)
	}
	cmd := exec.CommandContext(ctx, program,
		"--port", "0", "--unixsocket", w.socket(), "--save", "", "--appendonly", "no", "--dir", w.dir)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return err
	}
	w.server = &process{cmd: cmd}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "ready to accept connections") {
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the server
			return nil
		}
	}
	w.server.kill()
	return errors.New("redis-server does not start")
}

func (w *world) socket() string { return filepath.Join(w.dir, "redis.sock") }

// start adds a replica. More of the environment may follow.
func (w *world) start(ctx context.Context, env ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, w.command[0], w.command[1:]...)
	cmd.Stderr = os.Stderr
	cmd.Env = append(append(os.Environ(),
		"REDIS_URL=unix://"+w.socket(), "LEASE="+lease.String(),
		"VERIFF_API_KEY="+w.veriff.APIKey, "VERIFF_SHARED_SECRET="+w.veriff.Secret, "VERIFF_BASE_URL="+w.veriff.URL,
		"IAMPORT_REST_API_KEY="+w.iamport.APIKey, "IAMPORT_REST_API_SECRET="+w.iamport.APISecret, "IAMPORT_BASE_URL="+w.iamport.URL,
		"TOMOIDV_CLIENT_ID="+w.tomoidv.ClientID, "TOMOIDV_SECRET_KEY="+w.tomoidv.SecretKey, "TOMOIDV_BASE_URL="+w.tomoidv.URL,
	), env...)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	p := &process{cmd: cmd}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.kill()
		return nil, fmt.Errorf("a replica does not start: %w", err)
	}
	p.address = strings.TrimSpace(address)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replicas = append(w.replicas, p)
	return p, nil
}

// balance sends each request to the next replica, dead or alive.
func (w *world) balance(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	next := w.replicas[w.turn%len(w.replicas)].address
	w.turn++
	w.mu.Unlock()
	target, err := url.Parse(next + "/webhooks/veriff")
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:  func(p *httputil.ProxyRequest) { p.Out.URL = target },
		ErrorLog: log.New(io.Discard, "", 0), // 502 says it
	}
	proxy.ServeHTTP(rw, r)
}

// sessions are so many that persons were approved in, each belonging to an
// account, with three webhooks each that nobody has got yet.
func (w *world) sessions(ctx context.Context, n int) error {
	client, err := veriff.NewClient(w.veriff.APIKey, w.veriff.Secret, veriff.WithBaseURL(w.veriff.URL))
	if err != nil {
		return err
	}
	w.veriff.Hold()
	for range n {
		session, err := client.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: kyc.NewCheckID()})
		if err != nil {
			return err
		}
		if err := w.redis.HSet(ctx, "sessions", session.ID, fmt.Sprintf("account-%d", len(w.veriff.Sessions()))).Err(); err != nil {
			return err
		}
		if err := errors.Join(w.veriff.Submit(session.ID), w.veriff.Approve(session.ID, verifftest.Person{FirstName: "Mirae"})); err != nil {
			return err
		}
	}
	return nil
}

// ask lets every replica verify several persons, all at the same time.
func (w *world) ask(ctx context.Context) error {
	attempt := kyc.NewCheckID()
	impUID, err := w.iamport.Certify(iamporttest.Attempt{MerchantUID: attempt}, iamporttest.Person{Name: "홍미래", Birthday: "1990-01-31"})
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed error
	post := func(url string) {
		err := post(ctx, url)
		mu.Lock()
		defer mu.Unlock()
		failed = errors.Join(failed, err)
	}
	for _, p := range w.replicas {
		for range 4 {
			all.Go(func() { post(p.address + "/verify/iamport/" + impUID + "/" + attempt) })
			all.Go(func() { post(p.address + "/start/tomoidv/" + kyc.NewCheckID()) })
		}
	}
	all.Wait()
	return failed
}

func post(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusNoContent {
		text, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s: %s", resp.Status, text)
	}
	return nil
}
