// Package fake is what the fake vendors share: an answer and the faults that
// befall it, a recorder of requests, a clock that moves on demand, a listener,
// a transport that needs no socket, and the frame of a hosted page.
//
// It knows nothing of any vendor, and it shares no code with the clients that
// the fakes judge: a mistake made on both sides would cancel out.
package fake
