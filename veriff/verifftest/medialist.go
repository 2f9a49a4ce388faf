package verifftest

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// sessionMedia is GET /v1/sessions/{id}/media.
func (s *Server) sessionMedia(c *call) (*fake.Answer, *refusal) {
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		return s.mediaList(x, x.media()), nil
	})
}

// attemptMedia is GET /v1/attempts/{id}/media.
func (s *Server) attemptMedia(c *call) (*fake.Answer, *refusal) {
	s.sweep()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.sessions {
		for _, a := range x.attempts {
			if a.id == c.id {
				return s.mediaList(x, a.media), nil
			}
		}
	}
	return nil, notFound()
}

func (s *Server) mediaList(x *session, media []*Media) *fake.Answer {
	lists := map[MediaKind][]any{ImageMedia: {}, VideoMedia: {}, NFCMedia: {}}
	for _, m := range media {
		lists[m.Kind] = append(lists[m.Kind], s.mediaItem(x, m))
	}
	members := map[string]any{"images": lists[ImageMedia], "videos": lists[VideoMedia]}
	if !s.settings.oldMediaLists {
		members["nfcDocuments"] = lists[NFCMedia]
	}
	return success(http.StatusOK, members)
}

func (s *Server) mediaItem(x *session, m *Media) map[string]any {
	item := map[string]any{
		"id":        m.ID,
		"name":      m.Name,
		"url":       s.mediaURL(m),
		"timestamp": s.mediaTimestamp(m),
		"mimetype":  m.MimeType,
	}
	seconds := m.Duration.Seconds()
	if s.settings.oldMediaLists {
		item["size"] = strconv.Itoa((len(m.Content) + 999) / 1000)
		if m.Kind == VideoMedia {
			item["duration"] = strconv.FormatFloat(seconds, 'f', -1, 64)
		}
		return item
	}
	item["context"] = m.Context
	item["sessionId"] = x.id
	item["size"] = len(m.Content)
	if m.Kind == VideoMedia {
		item["duration"] = seconds
	}
	return item
}

func (s *Server) mediaURL(m *Media) string {
	return cmp.Or(s.settings.mediaHost, s.URL) + "/v1/media/" + m.ID
}

// mediaTimestamp is null unless timestamps are kept.
func (s *Server) mediaTimestamp(m *Media) any {
	if !s.settings.timestamps {
		return nil
	}
	return map[string]any{
		"id":  m.timestampID,
		"url": s.timestampURL(m),
	}
}

func (s *Server) timestampURL(m *Media) string {
	return cmp.Or(s.settings.mediaHost, s.URL) + "/v1/timestamps/" + m.timestampID
}
