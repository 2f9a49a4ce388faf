package house

import (
	"fmt"
	"go/ast"
	"strings"
)

// checklistName is a file, in a folder testdata or below one, whose rows say
// which tests hold what a vendor's document asks for.
const checklistName = "checklist.tsv"

// checkChecklists wants a test that exists behind each row of each checklist.
// A row is a part of the document, a line of it in our words, and the tests
// that hold it, "veriff.TestStatus kyc/veriffkyc.TestStatus", all separated by
// tabs but the tests by spaces. The first row names the columns.
func checkChecklists(t *tree) []finding {
	tests := map[string]bool{}
	for _, f := range t.gofiles {
		if !f.test {
			continue
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && runs(fn.Name.Name) {
				tests[f.dir+"."+fn.Name.Name] = true
			}
		}
	}
	var out []finding
	for name, text := range t.checklists {
		rows := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if len(rows) < 2 {
			out = append(out, finding{name, "holds nothing"})
		}
		seen := map[string]bool{}
		for i, row := range rows[1:] {
			at := fmt.Sprintf("%s:%d", name, i+2)
			columns := strings.Split(row, "\t")
			if len(columns) != 3 || columns[0] == "" || columns[1] == "" || columns[2] == "" {
				out = append(out, finding{at, "a row is a part, a line and its tests"})
				continue
			}
			if line := columns[0] + "\t" + columns[1]; seen[line] {
				out = append(out, finding{at, "stands twice"})
			} else {
				seen[line] = true
			}
			for test := range strings.SplitSeq(columns[2], " ") {
				if !tests[test] {
					out = append(out, finding{at, "there is no test " + test})
				}
			}
		}
	}
	return out
}

// runs tells whether go test runs a function of this name; a benchmark holds
// nothing.
func runs(name string) bool {
	for _, prefix := range []string{"Test", "Example", "Fuzz"} {
		if strings.HasPrefix(name, prefix) && name != "TestMain" {
			return true
		}
	}
	return false
}
