package stress_test

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// cells counts those that ran, by the test that they are of.
var cells = struct {
	sync.Mutex
	of map[string]int
}{of: map[string]int{}}

func count(t *testing.T, n int) {
	cells.Lock()
	defer cells.Unlock()
	test, _, _ := strings.Cut(t.Name(), "/")
	cells.of[test] += n
}

func printCells(w io.Writer) {
	all := 0
	for _, test := range slices.Sorted(maps.Keys(cells.of)) {
		_, _ = fmt.Fprintf(w, "%s: %d cells\n", test, cells.of[test])
		all += cells.of[test]
	}
	_, _ = fmt.Fprintf(w, "%d cells in all\n", all)
}
