package house

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// A Fence is one fenced block of a Markdown file.
type Fence struct {
	File    string
	Line    int    // of its first line of text
	Name    string // what stands behind the opening marks
	Prelude string // named by the comment before it, "" without one
	Text    string
}

var (
	fenceMark   = regexp.MustCompile("^\\s*(`{3,}|~{3,})\\s*(\\S*)")
	preludeMark = regexp.MustCompile(`^\s*<!-- house: prelude (\S+) -->\s*$`)
	looksLikeGo = regexp.MustCompile(`:=|\b(func|package|import|var|type|const|defer|if err)\b`)
)

// Fences takes the fences out of the text of a Markdown file.
func Fences(file, text string) ([]Fence, error) {
	var out []Fence
	var open *Fence
	mark, prelude := "", ""
	for i, line := range strings.Split(text, "\n") {
		m := fenceMark.FindStringSubmatch(line)
		switch {
		case open != nil && m != nil && m[2] == "" && strings.HasPrefix(m[1], mark):
			out = append(out, *open)
			open = nil
		case open != nil:
			open.Text += line + "\n"
		case m != nil:
			mark = m[1]
			open = &Fence{File: file, Line: i + 2, Name: m[2], Prelude: prelude}
			prelude = ""
		case preludeMark.MatchString(line):
			prelude = preludeMark.FindStringSubmatch(line)[1]
		case strings.TrimSpace(line) != "":
			prelude = ""
		}
	}
	if open != nil {
		return nil, fmt.Errorf("%s:%d: the fence is not closed", file, open.Line-1)
	}
	return out, nil
}

// checkFenceNames wants a fence that holds Go to be called "go", for only such
// a fence is compiled. What looks like Go and parses is Go.
func checkFenceNames(t *tree) []finding {
	var out []finding
	for name, text := range t.texts {
		if path.Ext(name) != ".md" {
			continue
		}
		fences, err := Fences(name, text)
		if err != nil {
			out = append(out, finding{name, err.Error()})
		}
		for _, f := range fences {
			if f.Name != "go" && looksLikeGo.MatchString(f.Text) && f.holdsGo() {
				out = append(out, finding{fmt.Sprintf("%s:%d", name, f.Line), `a fence that holds Go is called "go"`})
			}
		}
	}
	return out
}
