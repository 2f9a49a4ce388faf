package house

import (
	"slices"
	"strings"
)

func checkTop(t *tree) []finding {
	visible := append([]string{"kyc", "internal", "examples", "go.mod", "go.sum", "README.md", "LICENSE"}, vendors...)
	var out []finding
	for _, name := range t.top {
		if !strings.HasPrefix(name, ".") && !slices.Contains(visible, name) {
			out = append(out, finding{name, "does not belong at the top of the repository"})
		}
	}
	return out
}
