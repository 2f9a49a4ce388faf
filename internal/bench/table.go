package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
)

func printHeader(w io.Writer) {
	fmt.Fprintln(w, "| # | what | ours | floor | best peer | ours / floor | reach | allocations: ours, floor, best peer |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
}

func printLine(w io.Writer, l line, figures []figure) {
	ours, floor := figures[0], figures[1]
	shown := []figure{ours, floor}
	peer := "none"
	if peers := figures[2:]; len(peers) > 0 {
		best := slices.MinFunc(peers, func(a, b figure) int { return int(a.time - b.time) })
		peer = best.side + " " + short(best.time)
		shown = append(shown, best)
	}
	reach := "shown"
	if l.reach != 0 {
		reach = fmt.Sprintf("%.2f", l.reach)
	}
	var allocations []string
	for _, f := range shown {
		allocations = append(allocations, f.memory(l.peak))
	}
	fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %.2f | %s | %s |\n",
		l.number, l.what, short(ours.time), short(floor.time), peer, ours.ratio, reach, strings.Join(allocations, ", "))
}

func (f figure) memory(peak bool) string {
	if !peak {
		return fmt.Sprint(f.allocs)
	}
	highest := "under 1 MiB" // which is as near as the runtime's metrics tell
	if f.peak >= 1<<20 {
		highest = size(f.peak)
	}
	return fmt.Sprintf("%d of %s (peak %s)", f.allocs, size(f.bytes), highest)
}

// short gives three digits.
func short(d time.Duration) string {
	for _, unit := range []time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		if d < unit {
			continue
		}
		digits := 2
		for limit := 10 * unit; d >= limit && digits > 0; limit *= 10 {
			digits--
		}
		name := map[time.Duration]string{time.Second: "s", time.Millisecond: "ms", time.Microsecond: "µs"}[unit]
		return fmt.Sprintf("%.*f %s", digits, float64(d)/float64(unit), name)
	}
	return fmt.Sprintf("%d ns", d)
}

func size(bytes int64) string {
	if bytes >= 10<<20 {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%d KiB", (bytes+1023)>>10)
}

// printMachine tells what the figures depend on most.
func printMachine(w io.Writer) {
	fmt.Fprintf(w, "\nMeasured on %s: %s, %s/%s, %d cores.\n",
		time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}
