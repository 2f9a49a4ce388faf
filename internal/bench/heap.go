package main

import (
	"runtime"
	"runtime/metrics"
	"time"
)

const (
	heapObjects = "/memory/classes/heap/objects:bytes"
	mapped      = "/memory/classes/total:bytes"
	released    = "/memory/classes/heap/released:bytes"
)

// peakHeap is how many bytes of objects f adds to the heap at most, garbage that
// was not collected yet included.
func peakHeap(f func() error) (int64, error) {
	runtime.GC()
	before := read(heapObjects)
	peak, err := watch(func() int64 { return read(heapObjects) }, f)
	return max(peak-before, 0), err
}

// watch gives the highest level that was seen while f ran.
func watch(level func() int64, f func() error) (peak int64, err error) {
	done := make(chan struct{})
	highest := make(chan int64)
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		peak := level()
		for {
			select {
			case <-tick.C:
				peak = max(peak, level())
			case <-done:
				highest <- max(peak, level())
				return
			}
		}
	}()
	err = f()
	close(done)
	return <-highest, err
}

func read(name string) int64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}
