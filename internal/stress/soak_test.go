package stress_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

var (
	soakDeliveries = flag.Int("deliveries", 20_000, "how many deliveries each soak test makes")
	soakSeed       = flag.Uint64("seed", 1, "what the soak tests draw their deliveries from")
)

const (
	senders  = 64   // connections
	perHour  = 1000 // deliveries, about
	maxSlow  = 16   // at once: a sender that is slow waits for others
	maxTries = 168  // Veriff delivers again about hourly for a week
	patience = 5 * time.Minute
)

// draw is the generator of one soak test. Whoever reads a failure needs its seed.
func draw(t *testing.T) *rand.Rand {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("repeat with: go test -run '^%s$' -args -deliveries %d -seed %d", t.Name(), *soakDeliveries, *soakSeed)
		}
	})
	return rand.New(rand.NewPCG(*soakSeed, 0x0451))
}

// A manner is how a request goes over its connection.
type manner uint8

const (
	entire    manner = iota
	chunked          // without a Content-Length
	slow             // the second half of its body comes later than what others sent after it
	cutBody          // the connection breaks when half of the body was sent
	cutAnswer        // the sender is gone before the answer
)

func (m manner) String() string {
	return [...]string{"entire", "chunked", "slow", "cut in the body", "cut before the answer"}[m]
}

// drawManner is entire for nine of ten.
func drawManner(r *rand.Rand) manner {
	switch x := r.IntN(100); {
	case x < 2:
		return cutBody
	case x < 4:
		return cutAnswer
	case x < 6:
		return slow
	case x < 10:
		return chunked
	}
	return entire
}

// soakHidden is in whatever fails, and not to be logged.
const soakHidden = "hidden-0451"

// A failing is one of the ways in which an application's callback fails.
type failing struct {
	name string
	fail func() error
}

var failings = []failing{
	{"error", func() error { return errors.New(soakHidden) }},
	{"deadline", func() error { return fmt.Errorf("%s: %w", soakHidden, context.DeadlineExceeded) }},
	{"panic with a value", func() error { panic(soakHidden) }},
	{"panic of the runtime", func() error {
		var none []string
		return errors.New(none[len(soakHidden)])
	}},
	{"panic to abort", func() error { panic(http.ErrAbortHandler) }},
}

// A try is one request of a sender's, and what became of it at both ends.
type try struct {
	method, path string
	lines        []string // of the header
	body         []byte
	manner       manner
	together     *together
	plan         any // the test's own

	number  uint64
	arrived chan struct{}

	status  int // as the sender sees it, 0 for no answer
	header  http.Header
	answer  []byte
	failure error // why there was none
	closing bool  // the receiver wants no more on this connection
	written int   // by the receiver
}

// together holds some requests up until all of them have reached the receiver.
type together struct{ sync.WaitGroup }

func newTogether(n int) *together {
	g := &together{}
	g.Add(n)
	return g
}

// shuffled brings what is due into another order, in which what is to be sent at
// once stays together. What is to be sent again came in an order that threads
// made, which is undone first.
func shuffled[T any](r *rand.Rand, due []T, seed func(T) uint64, at func(T) *together) []T {
	slices.SortStableFunc(due, func(a, b T) int { return cmp.Compare(seed(a), seed(b)) })
	var units [][]T
	places := map[*together]int{}
	for _, one := range due {
		g := at(one)
		if place, ok := places[g]; ok && g != nil {
			units[place] = append(units[place], one)
			continue
		}
		places[g] = len(units)
		units = append(units, []T{one})
	}
	r.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
	return slices.Concat(units...)
}

type tryKey struct{}

// tryOf is the try that a context descends from, nil if none.
func tryOf(ctx context.Context) *try {
	x, _ := ctx.Value(tryKey{}).(*try)
	return x
}

// A receiver is an application's server, and the connections of the senders to
// it. What they send is known to the handler by its context.
type receiver struct {
	t       *testing.T
	handler http.Handler
	// begun sees a try that is handed to the handler, and served the same one
	// when that has ended and nothing of the answer has left yet.
	begun, served func(*try)

	server  *httptest.Server
	lines   [senders]connection
	mu      sync.Mutex
	changed *sync.Cond
	under   map[string]*try // way, by their numbers
	numbers uint64
	open    int // connections
	dialled int
	broken  int // connections that a sender broke, or the receiver ended
}

func newReceiver(t *testing.T, errorLog io.Writer, handler http.Handler) *receiver {
	v := &receiver{t: t, handler: handler, under: map[string]*try{}, begun: func(*try) {}, served: func(*try) {}}
	v.changed = sync.NewCond(&v.mu)
	v.server = httptest.NewUnstartedServer(v)
	v.server.Config.ErrorLog = log.New(errorLog, "", 0)
	v.server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		v.mu.Lock()
		defer v.mu.Unlock()
		switch state {
		case http.StateNew:
			v.open++
		case http.StateClosed:
			v.open--
		}
		v.changed.Broadcast()
	}
	v.server.Start()
	return v
}

// close ends all connections, and is over when nothing is left of them.
func (v *receiver) close() {
	for i := range v.lines {
		v.lines[i].close()
	}
	v.mu.Lock()
	for v.open > 0 {
		v.changed.Wait()
	}
	v.mu.Unlock()
	v.server.Close()
}

const numberHeader = "Try"

func (v *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	x := v.under[r.Header.Get(numberHeader)]
	v.mu.Unlock()
	if x == nil {
		v.t.Errorf("a request that nobody sent arrived: %s %s", r.Method, r.URL.Path)
		return
	}
	close(x.arrived)
	if x.together != nil {
		x.together.Done()
		x.together.Wait()
	}
	v.begun(x)
	out := &statusWriter{ResponseWriter: w}
	defer func() {
		x.written = out.status
		v.served(x)
		v.mu.Lock()
		delete(v.under, r.Header.Get(numberHeader))
		v.mu.Unlock()
		v.changed.Broadcast()
	}()
	v.handler.ServeHTTP(out, r.WithContext(context.WithValue(r.Context(), tryKey{}, x)))
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// deliver sends the tries over all connections at once, and returns when the
// receiver is done with every one of them.
func (v *receiver) deliver(tries []*try) {
	q := &queue{tries: tries}
	q.more = sync.NewCond(&q.mu)
	slowly := 0
	for _, x := range tries {
		if x.manner == slow {
			if slowly++; slowly > maxSlow {
				x.manner = entire
			}
		}
	}
	var all sync.WaitGroup
	for i := range v.lines {
		all.Go(func() {
			for x := q.take(); x != nil; x = q.take() {
				v.send(&v.lines[i], q, x)
			}
		})
	}
	all.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	for len(v.under) > 0 {
		v.changed.Wait()
	}
	for _, x := range tries {
		if x.failure != nil && x.written != http.StatusRequestEntityTooLarge { // whose sender may see a reset first
			v.t.Errorf("no answer to %s %s (%s): %v", x.method, x.path, x.manner, x.failure)
		}
		if x.closing && x.status != http.StatusRequestEntityTooLarge && x.status != http.StatusBadRequest { // whose bodies are not read
			v.t.Errorf("the connection ends with an answer of %d to %s %s (%s)", x.status, x.method, x.path, x.manner)
		}
	}
}

// A queue is what is to be sent.
type queue struct {
	mu    sync.Mutex
	more  *sync.Cond
	tries []*try
	next  int
}

func (q *queue) take() *try {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == len(q.tries) {
		return nil
	}
	q.next++
	q.more.Broadcast()
	return q.tries[q.next-1]
}

// letPass waits until some more have been taken, or all.
func (q *queue) letPass(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for until := q.next + n; q.next < min(until, len(q.tries)); {
		q.more.Wait()
	}
}

// A connection is kept open for as long as both sides want it.
type connection struct {
	conn   *net.TCPConn
	reader *bufio.Reader
}

func (l *connection) close() {
	if l.conn != nil {
		_ = l.conn.Close()
		l.conn = nil
	}
}

func (v *receiver) send(l *connection, q *queue, x *try) {
	v.mu.Lock()
	v.numbers++
	x.number, x.arrived = v.numbers, make(chan struct{})
	v.under[fmt.Sprint(x.number)] = x
	v.mu.Unlock()
	if l.conn == nil {
		conn, err := net.Dial("tcp", v.server.Listener.Addr().String())
		if err != nil {
			v.t.Errorf("a connection: %v", err)
			v.lost(x)
			return
		}
		l.conn, l.reader = conn.(*net.TCPConn), bufio.NewReader(conn)
		v.count(&v.dialled)
	}
	_ = l.conn.SetDeadline(time.Now().Add(patience))
	head, body := x.wire(l.conn.RemoteAddr().String())
	half := len(body) / 2
	written := make(chan error, 1)
	write := func(p ...[]byte) {
		_, err := l.conn.Write(bytes.Join(p, nil))
		written <- err
	}
	switch x.manner {
	case slow:
		write(head, body[:half])
		<-written
		q.letPass(10)
		write(body[half:])
	case cutBody:
		write(head, body[:half])
		<-x.arrived
		v.hangUp(l)
		return
	case cutAnswer:
		write(head, body)
		<-x.arrived
		v.hangUp(l)
		return
	default:
		go write(head, body) // an answer may come before all of it is written
	}
	resp, err := http.ReadResponse(l.reader, &http.Request{Method: x.method})
	if err == nil {
		x.answer, err = io.ReadAll(resp.Body)
	}
	if err != nil || resp.Close {
		v.hangUp(l)
	}
	<-written
	if x.failure = err; err == nil {
		x.status, x.header, x.closing = resp.StatusCode, resp.Header, resp.Close
	}
}

func (v *receiver) count(n *int) {
	v.mu.Lock()
	*n++
	v.mu.Unlock()
}

// hangUp breaks a connection so that the other side sees a reset.
func (v *receiver) hangUp(l *connection) {
	_ = l.conn.SetLinger(0)
	l.close()
	v.count(&v.broken)
}

func (v *receiver) lost(x *try) {
	v.mu.Lock()
	delete(v.under, fmt.Sprint(x.number))
	v.mu.Unlock()
	if x.together != nil {
		x.together.Done()
	}
}

// wire is the try as it goes over HTTP/1.1.
func (x *try) wire(host string) (head, body []byte) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n%s: %d\r\n", x.method, x.path, host, numberHeader, x.number)
	for _, l := range x.lines {
		b.WriteString(l + "\r\n")
	}
	if x.manner != chunked {
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(x.body))
		return b.Bytes(), x.body
	}
	b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
	var chunks bytes.Buffer
	for chunk := range slices.Chunk(x.body, max(100, len(x.body)/3)) {
		fmt.Fprintf(&chunks, "%x\r\n%s\r\n", len(chunk), chunk)
	}
	chunks.WriteString("0\r\n\r\n")
	return b.Bytes(), chunks.Bytes()
}

// heap is what is in use when all that can be forgotten is. What net/http and
// encoding/json keep in pools takes two collections to go.
func heap() int {
	var m runtime.MemStats
	least := uint64(1) << 62
	for range 4 {
		runtime.GC()
		runtime.ReadMemStats(&m)
		least = min(least, m.HeapAlloc)
	}
	return int(least)
}

// A watch is a log, of which nothing is kept, that must not show some texts.
type watch struct {
	t       *testing.T
	hidden  [][]byte
	pattern *regexp.Regexp // that nothing in it matches, if there is one

	mu    sync.Mutex
	lines int
	shown int
}

func newWatch(t *testing.T, hidden ...string) *watch {
	w := &watch{t: t}
	for _, h := range hidden {
		require.NotEmpty(t, h)
		w.hidden = append(w.hidden, []byte(h))
	}
	return w
}

func (w *watch) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines++
	for _, h := range w.hidden {
		if bytes.Contains(p, h) {
			if w.shown++; w.shown <= 3 {
				w.t.Errorf("the log shows %q: %s", h, p)
			}
		}
	}
	if w.pattern != nil && w.pattern.Match(p) {
		if w.shown++; w.shown <= 3 {
			w.t.Errorf("the log shows %q: %s", w.pattern.Find(p), p)
		}
	}
	return len(p), nil
}

// A tally counts by name, for the report.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *tally) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[name]++
}

func (c *tally) of(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[name]
}

func (c *tally) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	names := make([]string, 0, len(c.counts))
	for name := range c.counts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "\n%8d %s", c.counts[name], name)
	}
	return b.String()
}

// few keeps a defect that shows thousands of times from filling the screen.
type few struct {
	t     *testing.T
	mu    sync.Mutex
	count int
}

const enough = 20 // failures, to go on no longer

func (f *few) errorf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count++; f.count <= enough {
		f.t.Errorf(format, args...)
	}
}

func (f *few) seenEnough() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count >= enough
}

// noGoroutinesLeft is deferred before anything is started.
func noGoroutinesLeft(t *testing.T) func() {
	before := goleak.IgnoreCurrent()
	return func() { goleak.VerifyNone(t, before) }
}

// assertKept compares two measurements of the heap.
func assertKept(t *testing.T, first, last, between, limit int) {
	t.Logf("heap: %d KiB after a quarter, %d KiB at the end: %.1f bytes for each delivery between", first>>10, last>>10, float64(last-first)/float64(between))
	assert.LessOrEqual(t, last-first, between*limit+512<<10, "bytes that are kept")
}
