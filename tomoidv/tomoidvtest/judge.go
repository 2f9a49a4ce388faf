package tomoidvtest

import (
	"maps"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// A judge says what is wrong with the value of a property, or keeps it.
type judge func(name string, v any) *refusal

// object is the body, whose properties must pass their judges; those that are
// required must be there.
func (s *Server) object(c *call, judges map[string]judge, required ...string) (map[string]any, *refusal) {
	if c.mediaType() != "application/json" {
		return nil, invalid("invalid body: not application/json")
	}
	v, err := decode(c.body)
	body, ok := v.(map[string]any)
	if err != nil || !ok {
		return nil, invalid("invalid body: not a JSON object, or a property is given twice")
	}
	if no := s.judgeObject("", body, judges); no != nil {
		return nil, no
	}
	for _, name := range required {
		if _, there := body[name]; !there {
			return nil, missing(name)
		}
	}
	return body, nil
}

func (s *Server) judgeObject(path string, object map[string]any, judges map[string]judge) *refusal {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		full := name
		if path != "" {
			full = path + "." + name
		}
		j := judges[name]
		if j == nil {
			if s.settings.unknownProperties {
				continue
			}
			return invalid("invalid body: " + full + " is not documented")
		}
		if no := j(full, object[name]); no != nil {
			return no
		}
	}
	return nil
}

func (s *Server) objectOf(judges map[string]judge) judge {
	return func(name string, v any) *refusal {
		object, ok := v.(map[string]any)
		if !ok {
			return wrong(name)
		}
		return s.judgeObject(name, object, judges)
	}
}

// textInto keeps a text that is not empty.
func textInto(into *string) judge {
	return func(name string, v any) *refusal {
		*into = text(v)
		if *into == "" {
			return wrong(name)
		}
		return nil
	}
}

// later leaves a property to whoever asked for the object.
func later(string, any) *refusal { return nil }

func countryInto(into *string) judge {
	return textThat(into, isCountry)
}

func emailInto(into *string) judge {
	return textThat(into, func(t string) bool {
		address, err := mail.ParseAddress(t)
		return err == nil && address.Address == t
	})
}

// urlInto keeps an absolute URL, of an app's own scheme too.
func urlInto(into *string) judge {
	return textThat(into, func(t string) bool {
		u, err := url.Parse(t)
		if err != nil || strings.ContainsAny(t, " \t\r\n") {
			return false
		}
		switch u.Scheme {
		case "", "javascript", "data", "file", "about", "blob":
			return false
		case "http", "https":
			return u.Host != "" && u.User == nil
		}
		return true
	})
}

func webURLInto(into *string) judge {
	return textThat(into, func(t string) bool {
		return urlInto(new(string))("", t) == nil && (strings.HasPrefix(t, "https://") || strings.HasPrefix(t, "http://"))
	})
}

func textThat(into *string, ok func(string) bool) judge {
	return func(name string, v any) *refusal {
		*into = text(v)
		if *into == "" || !ok(*into) {
			return wrong(name)
		}
		return nil
	}
}

func isDigits(s string) bool {
	match, _ := regexp.MatchString(`^[0-9]+$`, s)
	return match
}
