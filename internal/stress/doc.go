// Package stress attacks what the other packages promise, with more than any of
// them needs alone.
//
// The fault matrix is every call of every client times every fault that a
// network and a vendor's server can have, over net/http's own client and server
// and connections in memory. Each cell runs in a bubble in which time is fake,
// so that timeouts, backoffs and Retry-After cost nothing and are exact.
package stress
