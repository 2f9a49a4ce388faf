package stress_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The faults that are the kernel's to make, over TCP on loopback: its resets
// come with what was in flight, its refusals with errors of its own, and its
// connections are closed when both sides say so. There is no bubble here, whose
// time does not pass while somebody reads from a socket; the library waits a
// fraction of a second between attempts, and so they wait at the same time: all
// calls that meet one fault, and some faults. Nothing is asserted of how long
// they take.
func TestSocketFaults(t *testing.T) {
	const atOnce = 5 // with some hundreds of sockets each
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for faultName, f := range faults() {
		if f.kernel {
			all.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				t.Run(faultName, func(t *testing.T) { meetOverSockets(t, &f) })
			})
		}
	}
	all.Wait()
}

// meetOverSockets has every call meet one fault, all at once.
func meetOverSockets(t *testing.T, f *fault) {
	judges := map[string]func(*testing.T){}
	var calls sync.WaitGroup
	for column, v := range vendors {
		if v.optional() {
			continue // the kernel does not read what is signed
		}
		for callName, c := range v.calls {
			x := v.begin(t, overSockets, c, c.route, f)
			require.NoError(t, x.world.warm(t.Context(), x.client))
			calls.Go(x.run)
			judges[column+"/"+callName] = func(t *testing.T) {
				x.T = t
				v.befell(x, v.name+"/"+callName, c, f)
				x.network.line.(*sockets).assertHungUp(t)
			}
			if v.token == "" || c.anonymous {
				continue
			}
			y := v.begin(t, overSockets, c, v.token, f)
			y.network.touch(t)
			calls.Go(y.run)
			judges[column+"/"+callName+"/token"] = func(t *testing.T) {
				y.T = t
				v.befellToken(y, c, f)
				y.network.line.(*sockets).assertHungUp(t)
			}
		}
	}
	calls.Wait()
	for name, judge := range judges {
		t.Run(name, judge)
	}
	count(t, len(judges))
}

// sockets is a line through the kernel, to a vendor who listens on loopback.
// Another host does too, and nobody at a third address.
type sockets struct {
	*net.TCPListener
	another *net.TCPListener
	nobody  string
	open    atomic.Int64 // connections that the vendor has accepted and not closed
	strayed atomic.Int64
}

func overSockets(t *testing.T) line {
	s := &sockets{TCPListener: listen(t), another: listen(t), nobody: deserted(t)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := s.another.Accept()
			if err != nil {
				return
			}
			s.strayed.Add(1)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = s.another.Close()
		<-done
	})
	return s
}

func listen(t *testing.T) *net.TCPListener {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	return l
}

// deserted gives an address where nobody listens and, until t ends, nobody will:
// the client's end of a connection has it.
func deserted(t *testing.T) string {
	l := listen(t)
	t.Cleanup(func() { _ = l.Close() })
	conn, err := net.DialTCP("tcp4", nil, l.Addr().(*net.TCPAddr))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn.LocalAddr().String()
}

func (s *sockets) Accept() (net.Conn, error) {
	conn, err := s.AcceptTCP()
	if err != nil {
		return nil, err
	}
	s.open.Add(1)
	return &end{Conn: conn, closed: sync.OnceFunc(func() { s.open.Add(-1) })}, nil
}

func dialTCP(ctx context.Context, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp4", address)
}

func (s *sockets) connect(ctx context.Context) (*end, error) {
	conn, err := dialTCP(ctx, s.Addr().String())
	if err != nil {
		return nil, err
	}
	return &end{Conn: conn}, nil
}

func (s *sockets) refuse(ctx context.Context) error {
	conn, err := dialTCP(ctx, s.nobody)
	if err == nil {
		_ = conn.Close()
	}
	return err
}

func (s *sockets) stray(ctx context.Context) (net.Conn, error) {
	return dialTCP(ctx, s.another.Addr().String())
}

func (s *sockets) strays() int64 { return s.strayed.Load() }

func (s *sockets) settle(t *testing.T, over func() bool) {
	t.Helper()
	assert.Eventually(t, over, time.Minute, time.Millisecond)
}

func (s *sockets) exact() bool { return false }

// assertHungUp wants the vendor to see that the client has closed every
// connection.
func (s *sockets) assertHungUp(t *testing.T) {
	t.Helper()
	s.settle(t, func() bool { return s.open.Load() == 0 })
	assert.Zero(t, s.open.Load(), "connections that the vendor has open")
}
