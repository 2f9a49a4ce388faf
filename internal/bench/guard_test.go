package main

import (
	"math"
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
	tries  = 8 // of those rounds, until the ratio is within its limit
)

// assertRatio measures until the first side takes at most limit of the second
// one's time, and gives the last figures.
func assertRatio(t *testing.T, l line, limit float64) (ours, floor figure) {
	t.Helper()
	ratio := 0.0
	least := [2]time.Duration{math.MaxInt64, math.MaxInt64}
	for range tries {
		figures, err := withoutPeers(l).measure(rounds, turn)
		require.NoError(t, err)
		ours, floor = figures[0], figures[1]
		least[0], least[1] = min(least[0], ours.least), min(least[1], floor.least)
		if ratio = float64(least[0]) / float64(least[1]); ratio <= limit || raceDetector {
			return ours, floor
		}
	}
	assert.LessOrEqual(t, ratio, limit)
	return ours, floor
}

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
			ours, floor := assertRatio(t, tc.line, room*tc.reach)
			if !raceDetector {
				assert.LessOrEqual(t, ours.allocs, floor.allocs+tc.allocs)
			}
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
		{signedGetOverLoopback(1), 18},
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

func TestCostOfMedia(t *testing.T) {
	for _, l := range []line{upload(2_000_000), download(5_000_000, false), download(5_000_000, true)} {
		t.Run(l.number+" "+l.what, func(t *testing.T) {
			assertRatio(t, l, room*l.reach)
		})
	}
}

func TestMediaTakeTheSameMemoryForAnySize(t *testing.T) {
	for _, l := range []line{upload(uploadSize), download(downloadSize, false), download(downloadSize, true)} {
		t.Run(l.number+" "+l.what, func(t *testing.T) {
			figures, err := withoutPeers(l).measure(1, turn)
			require.NoError(t, err)
			if !raceDetector {
				assert.Less(t, figures[0].bytes, int64(64<<10))
			}
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
			much, little := assertRatio(t, l, room*l.reach)
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
