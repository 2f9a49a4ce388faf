package house

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// leftover is spelt so that this file has none of the words itself.
var leftover = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX)\b`)

// checkLeftovers refuses notes about work to be done: in Go's comments, and
// anywhere in other text.
func checkLeftovers(t *tree) []finding {
	const what = "a note about work to be done belongs in the tracker"
	var out []finding
	for _, f := range t.gofiles {
		for _, group := range f.Comments {
			for _, comment := range group.List {
				if leftover.MatchString(comment.Text) {
					out = append(out, t.at(comment.Pos(), what))
				}
			}
		}
	}
	for name, text := range t.texts {
		if path.Base(name) == "go.sum" { // hashes
			continue
		}
		for i, line := range strings.Split(text, "\n") {
			if leftover.MatchString(line) {
				out = append(out, finding{fmt.Sprintf("%s:%d", name, i+1), what})
			}
		}
	}
	return out
}
