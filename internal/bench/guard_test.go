package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The guard is for machines that do other things as well: it knows ratios to
// the floor of the same run, of which each side's least disturbed turn counts,
// with room for as much again as is wanted; and allocations.
const (
	room   = 2
	rounds = 5
	turn   = 10 * time.Millisecond
)

func TestSidesComeToTheSame(t *testing.T) {
	for _, l := range allLines() {
		t.Run(l.number+" "+l.what, func(t *testing.T) {
			sides, end, err := l.open()
			require.NoError(t, err)
			defer end()
			assert.NoError(t, sameResult(sides))
		})
	}
}

func TestSidesThatDifferAreNotMeasured(t *testing.T) {
	gives := func(text string) side {
		return side{name: text, worker: keeping(func() (string, error) { return text, nil })}
	}
	l := line{goroutines: 1, open: func() ([]side, func(), error) { return []side{gives("a"), gives("b")}, func() {}, nil }}
	_, err := l.measure(1, time.Millisecond)
	assert.ErrorContains(t, err, "b comes to another result than a")
}

// withoutPeers leaves ours and the floor.
func withoutPeers(l line) line {
	open := l.open
	l.open = func() ([]side, func(), error) {
		sides, end, err := open()
		return sides[:min(len(sides), 2)], end, err
	}
	return l
}

func TestCostOfACall(t *testing.T) {
	for _, tc := range []struct {
		line
		allocs int64 // more than the floor's
	}{
		{signedGet(), 10},
		{tokenRead(1), 0},
		{verify("2 KB", webhookBody()), 4},
		{verify("1 MB", longBody()), 4},
		{verifyAndParse(), 16},
		{decode(), 4},
	} {
		t.Run(tc.number+" "+tc.what, func(t *testing.T) {
			figures, err := withoutPeers(tc.line).measure(rounds, turn)
			require.NoError(t, err)
			ours, floor := figures[0], figures[1]
			if raceDetector {
				return
			}
			assert.Less(t, float64(ours.least)/float64(floor.least), room*tc.reach)
			assert.LessOrEqual(t, ours.allocs, floor.allocs+tc.allocs)
		})
	}
}

// Of these only the allocations are held: their time has in it what a loaded
// machine makes long, a socket or another goroutine's turn.
func TestAllocationsOfAnExchange(t *testing.T) {
	for _, tc := range []struct {
		line
		allocs int64
	}{
		{signedGetOverLoopback(1), 16},
		{tokenExchange(), 100},
	} {
		t.Run(tc.number+" "+tc.what, func(t *testing.T) {
			figures, err := withoutPeers(tc.line).measure(rounds, turn)
			require.NoError(t, err)
			if !raceDetector {
				assert.LessOrEqual(t, figures[0].allocs, figures[1].allocs+tc.allocs)
			}
		})
	}
}

func TestConnectionsAreReused(t *testing.T) {
	server, connections := serveDecision()
	defer server.Close()
	sides, err := decisionSides(server.URL, loopbackTransport)
	require.NoError(t, err)
	w := sides[0].worker()
	for range 100 {
		require.NoError(t, w.run())
	}
	assert.EqualValues(t, 1, connections.Load())
	const callers = 64
	require.NoError(t, start(callers, func() error {
		w := sides[0].worker()
		for range 20 {
			if err := w.run(); err != nil {
				return err
			}
		}
		return nil
	})())
	assert.LessOrEqual(t, connections.Load(), int64(2*callers), "for %d calls", 20*callers)
}

func TestMediaTakeTheSameMemoryForAnySize(t *testing.T) {
	for _, l := range []line{upload(), download(false), download(true)} {
		t.Run(l.number+" "+l.what, func(t *testing.T) {
			figures, err := withoutPeers(l).measure(2, turn)
			require.NoError(t, err)
			ours, floor := figures[0], figures[1]
			if raceDetector {
				return
			}
			assert.Less(t, float64(ours.least)/float64(floor.least), room*l.reach)
			assert.Less(t, ours.bytes, int64(64<<10))
		})
	}
}

func TestMediaUnderAMemoryLimit(t *testing.T) {
	const limit = 32 << 20
	debug.FreeOSMemory() // of other tests
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(limit))
	peak, err := carry(t.Context())
	require.NoError(t, err)
	if !raceDetector {
		assert.Less(t, peak, int64(limit))
	}
}

func TestCostDoesNotGrow(t *testing.T) {
	for _, l := range growths() {
		t.Run(l.what, func(t *testing.T) {
			figures, err := l.measure(rounds, turn)
			require.NoError(t, err)
			much, little := figures[0], figures[1]
			assert.Less(t, float64(much.least)/float64(little.least), room*l.reach)
			if !raceDetector {
				assert.LessOrEqual(t, much.allocs, little.allocs)
			}
		})
	}
}

func TestStampedeIsOneCall(t *testing.T) {
	for _, s := range stampedes() {
		t.Run(s.what, func(t *testing.T) {
			got, err := s.run(ourCache)
			require.NoError(t, err)
			assert.EqualValues(t, 1, got.calls)
			assert.GreaterOrEqual(t, got.left, time.Duration(0), "a canceled waiter did not leave")
		})
	}
}

func TestMedian(t *testing.T) {
	assert.InDelta(t, 2, median([]float64{3, 1, 2}), 0)
	assert.InDelta(t, 2.5, median([]float64{4, 1, 3, 2}), 0)
}

func TestPeakHeapSeesWhatIsHeld(t *testing.T) {
	peak, err := peakHeap(func() error {
		held := make([]byte, 20<<20)
		<-time.After(20 * time.Millisecond)
		runtime.KeepAlive(held)
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, peak, int64(19<<20))
}
