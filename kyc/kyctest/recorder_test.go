package kyctest

import (
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
)

// A recorder is a test that may fail without failing the test that it is in.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	failed []string
	logged []string
}

func (r *recorder) Helper() {}

func (r *recorder) Logf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logged = append(r.logged, fmt.Sprintf(format, args...))
}

func (r *recorder) Error(args ...any) { r.Errorf("%s", fmt.Sprint(args...)) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = append(r.failed, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.failed) > 0
}

// record runs one rule, as Run does, and tells what came of it. It runs in a
// bubble, where a call that nothing ends costs no time.
func record(t *testing.T, r rule, newHarness func(testing.TB, *slog.Logger) *Harness) *recorder {
	t.Helper()
	rec := new(recorder)
	synctest.Test(t, func(t *testing.T) {
		rec.TB = t
		var done sync.WaitGroup
		done.Go(func() { // Fatal ends a goroutine
			defer func() {
				if p := recover(); p != nil {
					rec.Errorf("panic: %v", p)
				}
			}()
			r.run(rec, newHarness)
		})
		done.Wait()
	})
	return rec
}
