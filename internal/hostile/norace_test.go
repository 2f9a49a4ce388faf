//go:build !race

package hostile_test

// every attack is tried.
const every = 1
