package verifftest

import (
	"net/http"
	"slices"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// The most sessions that an integration may delete.
const (
	deletionsPerHour = 5
	deletionsPerDay  = 10
)

// deleteSession is DELETE /v1/sessions/{id}.
func (s *Server) deleteSession(c *call) (*fake.Answer, *refusal) {
	if !s.settings.deletion {
		return nil, &refusal{http.StatusForbidden, "", "Session deletion is not enabled for this integration."}
	}
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		now := s.clock.Now()
		switch {
		case !x.gone.IsZero():
			return nil, notFound() // its data goes when the delay is over
		case !isEnded(x.status) && !x.isOpen():
			return nil, invalid("", "Session is not in a completed status.")
		case s.deletedSince(now.Add(-time.Hour)) >= deletionsPerHour,
			s.deletedSince(now.Add(-24*time.Hour)) >= deletionsPerDay:
			return nil, &refusal{http.StatusTooManyRequests, "", "Too many sessions were deleted."}
		}
		if x.isOpen() {
			s.endSession(x)
		}
		s.deletions = append(s.deletions, now)
		x.gone = now.Add(s.settings.deletionDelay)
		s.forgetDeleted(now)
		return success(http.StatusOK, map[string]any{"verification": map[string]any{"id": x.id}}), nil
	})
}

// forgetDeleted lets go of the sessions that were deleted long enough ago.
func (s *Server) forgetDeleted(now time.Time) {
	s.sessions = slices.DeleteFunc(s.sessions, func(x *session) bool { return !x.gone.IsZero() && !now.Before(x.gone) })
}

func (s *Server) deletedSince(t time.Time) int {
	n := 0
	for _, at := range s.deletions {
		if at.After(t) {
			n++
		}
	}
	return n
}

// isEnded tells whether nothing more happens in a session with this status.
func isEnded(status string) bool {
	return slices.Contains([]string{statusApproved, statusDeclined, statusExpired, statusAbandoned}, status)
}
