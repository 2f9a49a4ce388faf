package main

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// birthday is that of a person who has been that old for a month.
func birthday(years int) string {
	return time.Now().UTC().AddDate(-years, -1, 0).Format(time.DateOnly)
}

// digest stands for an id that is as good as a name and lasts for life: where
// one must be shown, as here, its hash will do.
func digest(id string) string {
	return fmt.Sprintf("SHA-256 %.8x...", sha256.Sum256([]byte(id)))
}
