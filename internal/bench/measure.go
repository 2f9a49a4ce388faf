package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// A line is one line of the table: the same work done by several sides.
type line struct {
	number, what string
	// reach is the most that the work may take of the floor's time.
	reach float64
	// goroutines is how many do the work at once; 1 is one after the other.
	goroutines int
	// peak says that how much memory is held at most matters.
	peak bool
	// open sets the sides up: ours, then the floor, then the peers.
	open func() (sides []side, end func(), err error)
}

// A side is one way to do the work of a line.
type side struct {
	name string
	// ready is called before n repetitions, out of their time; nil for nothing.
	ready func(n int) error
	// worker gives what one goroutine does.
	worker func() worker
}

// A worker does the work once and remembers what came of it.
type worker struct {
	run   func() error
	got   func() any // in JSON, the same for all sides of a line
	close func()     // nil for nothing
}

func closeAll(workers []worker) {
	for _, w := range workers {
		if w.close != nil {
			w.close()
		}
	}
}

// keeping makes workers of a function.
func keeping[T any](do func() (T, error)) func() worker {
	return func() worker {
		var last T
		return worker{
			run: func() (err error) { last, err = do(); return err },
			got: func() any { return last },
		}
	}
}

// A figure is what was measured of one side: medians over the rounds.
type figure struct {
	side   string
	time   time.Duration // of the work done once
	ratio  float64       // to the floor's time in the same round
	least  time.Duration // which no disturbance made longer
	allocs int64
	bytes  int64
	peak   int64 // of the heap, where the line wants it
}

// measure has the sides take turns. A turn is some repetitions, as many for all
// rounds.
func (l line) measure(rounds int, turn time.Duration) ([]figure, error) {
	sides, end, err := l.open()
	if err != nil {
		return nil, err
	}
	defer end()
	if err := sameResult(sides); err != nil {
		return nil, err
	}
	repetitions := make([]int, len(sides))
	for i, s := range sides {
		if repetitions[i], err = l.calibrate(s, turn); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	results := make([][]testing.BenchmarkResult, len(sides))
	for round := range rounds {
		for i := range sides {
			at := (i + round) % len(sides) // nobody always follows the same one
			result, err := l.repeat(sides[at], repetitions[at])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", sides[at].name, err)
			}
			results[at] = append(results[at], result)
		}
	}
	figures := make([]figure, len(sides))
	for i, s := range sides {
		figures[i] = s.figure(results[i], results[min(1, len(sides)-1)])
		if l.peak {
			if figures[i].peak, err = peakHeap(s.worker().run); err != nil {
				return nil, err
			}
		}
	}
	return figures, nil
}

// calibrate finds how many repetitions take a turn.
func (l line) calibrate(s side, turn time.Duration) (int, error) {
	n := 1
	for {
		result, err := l.repeat(s, n)
		if err != nil {
			return 0, err
		}
		if result.T >= turn/2 || n >= 1<<24 {
			return max(1, int(float64(n)*float64(turn)/float64(max(result.T, 1)))), nil
		}
		grow := float64(turn) / float64(max(result.T, 1))
		n = int(float64(n) * min(max(grow, 2), 100))
	}
}

// repeat does the work of a side n times.
func (l line) repeat(s side, n int) (result testing.BenchmarkResult, err error) {
	if err := flag.Set("test.benchtime", strconv.Itoa(n)+"x"); err != nil {
		return result, err
	}
	if s.ready != nil {
		if err := s.ready(n); err != nil {
			return result, err
		}
	}
	workers := make([]worker, l.goroutines)
	for i := range workers {
		workers[i] = s.worker()
	}
	defer closeAll(workers)
	failed := make(chan error, len(workers))
	result = testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		if len(workers) == 1 {
			for b.Loop() {
				if err := workers[0].run(); err != nil {
					failed <- err
					return
				}
			}
			return
		}
		b.SetParallelism(max(1, len(workers)/runtime.GOMAXPROCS(0)))
		var taken atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			w := workers[(taken.Add(1)-1)%int64(len(workers))]
			for pb.Next() {
				if err := w.run(); err != nil {
					failed <- err
					return
				}
			}
		})
	})
	select {
	case err = <-failed:
	default:
		if result.N < 1 {
			err = errors.New("the work was not done")
		}
	}
	return result, err
}

// sameResult does the work of each side once and compares what comes of it.
func sameResult(sides []side) error {
	var want []byte
	for i, s := range sides {
		if s.ready != nil {
			if err := s.ready(1); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		w := s.worker()
		defer closeAll([]worker{w})
		if err := w.run(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		got, err := json.Marshal(w.got())
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if i == 0 {
			want = got
		}
		if len(got) < len(`""`)+1 || string(got) != string(want) {
			return fmt.Errorf("%s comes to another result than %s", s.name, sides[0].name)
		}
	}
	return nil
}

func (s side) figure(results, floor []testing.BenchmarkResult) figure {
	var times, ratios, allocs, bytes []float64
	for i, r := range results {
		times = append(times, perOp(r))
		ratios = append(ratios, perOp(r)/perOp(floor[i]))
		allocs = append(allocs, float64(r.AllocsPerOp()))
		bytes = append(bytes, float64(r.AllocedBytesPerOp()))
	}
	return figure{
		side: s.name, time: time.Duration(median(times)), ratio: median(ratios), least: time.Duration(slices.Min(times)),
		allocs: int64(median(allocs)), bytes: int64(median(bytes)),
	}
}

func perOp(r testing.BenchmarkResult) float64 { return float64(r.T) / float64(r.N) }

func median(of []float64) float64 {
	of = slices.Sorted(slices.Values(of))
	middle := len(of) / 2
	if len(of)%2 == 1 {
		return of[middle]
	}
	return (of[middle-1] + of[middle]) / 2
}
