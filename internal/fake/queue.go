package fake

import (
	"slices"
	"sync"
)

// A Queue holds the faults that are still to happen. The zero Queue is ready,
// and any number of goroutines can use it.
type Queue struct {
	mu      sync.Mutex
	waiting []*waiting
}

type waiting struct {
	fault Fault
	route string
	left  int
}

// Add lets f happen to the next requests for route, as often as times says; an
// empty route stands for every one.
func (q *Queue) Add(f Fault, route string, times int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if times > 0 {
		q.waiting = append(q.waiting, &waiting{fault: f, route: route, left: times})
	}
}

// Take is what happens to a request for route: the fault that was added first
// of those that are meant for it, or the zero Fault.
func (q *Queue) Take(route string) Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, w := range q.waiting {
		if w.route != "" && w.route != route {
			continue
		}
		if w.left--; w.left == 0 {
			q.waiting = slices.Delete(q.waiting, i, i+1)
		}
		return w.fault
	}
	return Fault{}
}

// Clear forgets what is still to happen.
func (q *Queue) Clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = nil
}
