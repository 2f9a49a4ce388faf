package house

import (
	"fmt"
	"go/version"
	"path"
	"slices"
	"strings"
)

const (
	querystring = "github.com/google/go-querystring"
	jwt         = "github.com/golang-jwt/jwt/v5"
	testify     = "github.com/stretchr/testify"
	httpmock    = "github.com/jarcoal/httpmock"
)

// A modfile is a go.mod, line by line, blocks taken apart.
type modfile struct {
	path  string
	lines []modline
}

type modline struct {
	number    int
	directive string
	value     string // the first word after the directive
	indirect  bool
}

func (m *modfile) dir() string { return path.Dir(m.path) }

func parseModfile(name, content string) (*modfile, error) {
	m := &modfile{path: name}
	block := ""
	for i, line := range strings.Split(content, "\n") {
		line, comment, _ := strings.Cut(line, "//")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			continue
		case words[0] == ")":
			block = ""
			continue
		case len(words) == 2 && words[1] == "(":
			block = words[0]
			continue
		case block != "":
			words = append([]string{block}, words...)
		}
		if len(words) < 2 {
			return nil, fmt.Errorf("%s:%d: %q is no directive", name, i+1, line)
		}
		m.lines = append(m.lines, modline{
			number: i + 1, directive: words[0], value: strings.Trim(words[1], `"`),
			indirect: strings.TrimSpace(comment) == "indirect",
		})
	}
	return m, nil
}

func checkModules(t *tree) []finding {
	var out []finding
	for _, m := range t.modules {
		for _, l := range m.lines {
			if what := judge(l, m.dir() == "."); what != "" {
				out = append(out, finding{fmt.Sprintf("%s:%d", m.path, l.number), what})
			}
		}
	}
	return out
}

// judge says what is wrong with a line of a go.mod.
func judge(l modline, root bool) string {
	switch {
	case l.directive == "toolchain":
		return "a toolchain line forces every user's toolchain"
	case root && l.directive == "go" && l.value != "1.26":
		return "the root module says go 1.26, not " + l.value
	case l.directive == "go" && version.Compare("go"+l.value, "go1.26.0") > 0:
		return "a nested module asks for go 1.26.0 at most, not " + l.value
	case root && !slices.Contains([]string{"module", "go", "require"}, l.directive):
		return "the root module has no " + l.directive + " line"
	case root && l.directive == "require" && !l.indirect &&
		!slices.Contains([]string{querystring, jwt, testify, httpmock}, l.value):
		return "the root module must not require " + l.value
	}
	return ""
}
