// Package fake is what the fake vendors share: a server with its listener and
// its transport that needs no socket, an answer and the faults that befall it,
// a recorder of requests, a clock that moves on demand, the frame of a hosted
// page, and JSON and UUIDs as any vendor writes them.
//
// It knows nothing of any vendor, and it shares no code with the clients that
// the fakes judge: a mistake made on both sides would cancel out.
package fake
