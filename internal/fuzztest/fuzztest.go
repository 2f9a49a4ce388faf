// Package fuzztest is what fuzz targets hold the code against: the same things
// read in other, plainer ways that share nothing with the code under attack.
package fuzztest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Files gives the contents of the files that match, of which there must be some
// for each pattern.
func Files(tb testing.TB, patterns ...string) [][]byte {
	tb.Helper()
	var contents [][]byte
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.FromSlash(pattern))
		if err != nil || len(files) == 0 {
			tb.Fatalf("%s has no files: %v", pattern, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				tb.Fatal(err)
			}
			contents = append(contents, content)
		}
	}
	return contents
}

// Stable fails unless value, stored as JSON and read back into again, which
// points to the zero value of its type, is stored as the same JSON.
func Stable(tb testing.TB, value, again any) {
	tb.Helper()
	stored, err := json.Marshal(value)
	if err != nil {
		tb.Fatalf("cannot be stored: %v", err)
	}
	if err := json.Unmarshal(stored, again); err != nil {
		tb.Fatalf("%s cannot be read back: %v", stored, err)
	}
	second, err := json.Marshal(again)
	if err != nil {
		tb.Fatalf("cannot be stored again: %v", err)
	}
	if string(stored) != string(second) {
		tb.Fatalf("%s became %s", stored, second)
	}
}
