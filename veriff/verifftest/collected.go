package verifftest

import (
	"net/netip"
	"unicode/utf8"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// maxCollectedText is the most characters of a provider's name and of a
// fingerprint.
const maxCollectedText = 255

// addCollectedData is POST /v1/sessions/{id}/collected-data.
func (s *Server) addCollectedData(c *call) (*fake.Answer, *refusal) {
	if no := s.judgeCollectedData(c); no != nil {
		return nil, no
	}
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		if !x.isOpen() {
			return nil, conflict("Conflict: data cannot be added to a session that is " + x.status + ".")
		}
		return success(s.addedStatus(), map[string]any{}), nil
	})
}

func (s *Server) judgeCollectedData(c *call) *refusal {
	data, no := c.object()
	if no != nil {
		return no
	}
	network, _ := data["network"].(map[string]any)
	device, _ := data["device"].(map[string]any)
	for _, required := range []any{data["providerName"], network["ip"], device["fingerprint"]} {
		if required == nil || required == "" {
			return missing()
		}
	}
	return s.judgeObject("", data, func(name string, v any) *refusal {
		switch name {
		case "providerName":
			return judgeCollectedText(name, v)
		case "network":
			return s.judgeObject(name, v, func(name string, v any) *refusal {
				if name != "ip" {
					return s.unknown(name)
				}
				if _, err := netip.ParseAddr(text(v)); err != nil {
					return invalidParameter(name)
				}
				return nil
			})
		case "device":
			return s.judgeObject(name, v, func(name string, v any) *refusal {
				if name != "fingerprint" {
					return s.unknown(name)
				}
				return judgeCollectedText(name, v)
			})
		case "person":
			return s.judgeObject(name, v, s.texts("email", "phoneNumber"))
		case "browser": // what it has is not known
			return s.judgeObject(name, v, func(string, any) *refusal { return nil })
		}
		return s.unknown(name)
	})
}

func judgeCollectedText(name string, v any) *refusal {
	if utf8.RuneCountInString(text(v)) > maxCollectedText {
		return invalidParameter(name)
	}
	return judgeText(name, v)
}
