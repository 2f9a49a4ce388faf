package main

import (
	"errors"
	"net"
	"strconv"
	"time"
)

// fixed is what all credentials are made of, and why they never change.
const fixed = "sandbox"

// A vendor is one fake, as the start page sees it.
type vendor struct {
	Name     string // in forms
	Title    string // in words
	URL      string
	Settings []setting
	Routes   []string // the operations that can be made to fail
	Faults   []fault
	ClockTip string

	checks  func() []check
	decide  func(id, outcome string) error // what a check's Outcomes offer
	advance func(time.Duration)
	clear   func() // faults
	close   func()

	ahead time.Duration // of the machine's clock; guarded by the sandbox
}

// A setting is a line for the environment of the application under test.
type setting struct{ Name, Value string }

// A check is one that the application started.
type check struct {
	ID        string
	Reference string // the application's own
	Status    string
	URL       string   // where the person goes; empty without a page
	Code      string   // that the person got by SMS; empty without one
	Outcomes  []string // what somebody other than the person decides now
}

var errOutcome = errors.New("there is no such outcome")

// address is the one that lies so many ports after the start page's.
func address(port, after int) string {
	if port > 0 {
		port += after
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// names are the routes of one package, which has a type of its own for them.
func names[R ~string](routes ...R) []string {
	var out []string
	for _, r := range routes {
		out = append(out, string(r))
	}
	return out
}

// A fault is something that can happen to the next call.
type fault struct {
	Name, Words string
	inject      func(route string) error // into any call, if the route is empty
}

// A kind is a fault of one vendor's package. Each package has types of its own.
type kind[F any] struct {
	name, words string
	fault       F
}

// common are the faults that all three packages have.
func common[F any](status func(int, time.Duration) F, html func(int) F, before, after, truncate func() F,
	stall func(<-chan struct{}) F) []kind[F] {
	return []kind[F]{
		{"429", "429 with Retry-After: 1", status(429, time.Second)},
		{"401", "401", status(401, 0)},
		{"503", "503", status(503, 0)},
		{"html", "502 with a proxy's HTML", html(502)},
		{"reset-before", "connection reset, nothing done", before()},
		{"reset-after", "done, then connection reset", after()},
		{"stall", "no answer until you give up", stall(nil)},
		{"truncate", "half an answer", truncate()},
	}
}

// faults makes the kinds of one package look like those of any other.
func faults[R ~string, F interface{ On(R) F }](inject func(...F) error, kinds ...kind[F]) []fault {
	var out []fault
	for _, k := range kinds {
		out = append(out, fault{k.name, k.words, func(route string) error {
			if route == "" {
				return inject(k.fault)
			}
			return inject(k.fault.On(R(route)))
		}})
	}
	return out
}
