//go:build !race

package main

// raceDetector says that figures are of something else.
const raceDetector = false
