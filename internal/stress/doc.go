// Package stress attacks what the other packages promise, with more than any of
// them needs alone.
//
// The fault matrix is every call of every client times every fault that a
// network and a vendor's server can have, over net/http's own client and server
// and connections in memory. Each cell runs in a bubble in which time is fake,
// so that timeouts, backoffs and Retry-After cost nothing and are exact. The
// faults that are the kernel's to make befall the same calls over TCP as well,
// and so does the end of the caller's own context at every place where a call
// can wait. The number of cells is printed at the end of a run.
//
// The soak tests deliver webhooks and browsers' returns by the thousand over real
// connections, with everything that goes wrong with them: twice, late, forged,
// cut off, while the vendor's API is down or the application fails. What has to
// come of each, a ledger of the vendor's tells. -deliveries says how many, and
// -seed repeats a run:
//
//	go test -run Soak -v -timeout 0 -args -deliveries 100000
package stress
