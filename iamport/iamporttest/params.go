package iamporttest

import (
	"mime"
	"net/url"
	"slices"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// params are the parameters in a body, with the types of JSON.
type params map[string]any

// params reads the body, a JSON object or a form by its content type. A form
// writes the flags, which are true or false, in words or as 1 and 0.
func (c *call) params(flags ...string) (params, *refusal) {
	if len(c.body) == 0 {
		return params{}, nil
	}
	unreadable := invalid("요청 본문을 읽을 수 없습니다.")
	mediaType, _, err := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	if err != nil {
		return nil, unreadable
	}
	switch mediaType {
	case "application/json":
		v, err := fake.DecodeJSON(c.body)
		object, ok := v.(map[string]any)
		if err != nil || !ok {
			return nil, unreadable
		}
		return object, nil
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(c.body))
		if err != nil {
			return nil, unreadable
		}
		p := params{}
		for name, values := range form {
			if len(values) > 1 {
				return nil, wrong(name)
			}
			p[name] = values[0]
			if slices.Contains(flags, name) {
				p[name] = formFlag(values[0])
			}
		}
		return p, nil
	}
	return nil, unreadable
}

// formFlag is a bool, or the value itself if it is none.
func formFlag(value string) any {
	switch value {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	return value
}

// text is a parameter if it is a string, else empty.
func (p params) text(name string) string {
	t, _ := p[name].(string)
	return t
}

// judgeNames refuses parameters that are not documented.
func (s *Server) judgeNames(p params, known ...string) *refusal {
	if s.settings.unknownParameters {
		return nil
	}
	for _, name := range p.names() {
		if !slices.Contains(known, name) {
			return wrong(name)
		}
	}
	return nil
}

// judgeTexts refuses parameters among names that are there and no string.
func (p params) judgeTexts(names ...string) *refusal {
	for _, name := range names {
		if v, there := p[name]; there {
			if _, ok := v.(string); !ok {
				return wrong(name)
			}
		}
	}
	return nil
}

func (p params) names() []string {
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
