package stress_test

import (
	"os"
	"runtime/debug"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // thousands of small worlds come and go
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		printCells(os.Stdout)
		os.Exit(code)
	}))
}
