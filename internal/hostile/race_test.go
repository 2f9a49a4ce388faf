//go:build race

package hostile_test

// every is how many attacks one is tried of: under the race detector all of them
// would take minutes, and none has to do with goroutines.
const every = 20
