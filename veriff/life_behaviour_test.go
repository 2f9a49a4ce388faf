package veriff_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// takesAttempts looks at a session's URL as a browser does.
func takesAttempts(tb testing.TB, srv *verifftest.Server, url string) bool {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url, nil)
	require.NoError(tb, err)
	resp, err := srv.RoundTripper().RoundTrip(r)
	require.NoError(tb, err)
	defer func() { _ = resp.Body.Close() }()
	page, err := io.ReadAll(resp.Body)
	require.NoError(tb, err)
	require.Equal(tb, http.StatusOK, resp.StatusCode)
	open := strings.Contains(string(page), "<form")
	require.NotEqual(tb, open, strings.Contains(string(page), "Nothing is to be done here"))
	return open
}

// After a conclusive decision the URL is closed, and another try needs a new
// session; after an inconclusive one the same URL takes it; an intermediate one
// keeps it closed until a decision of one of the other sorts.
func TestURLAfterEachDecision(t *testing.T) {
	force := func(status veriff.Status, code veriff.DecisionCode) func(*verifftest.Server, string) error {
		return func(srv *verifftest.Server, id string) error {
			return srv.ForceDecision(id, map[string]any{"status": status, "code": code})
		}
	}
	afterSubmit := func(then func(*verifftest.Server, string) error) func(*verifftest.Server, string) error {
		return func(srv *verifftest.Server, id string) error {
			if err := srv.Submit(id); err != nil {
				return err
			}
			return then(srv, id)
		}
	}
	const conclusive, inconclusive, intermediate = "conclusive", "inconclusive", "intermediate"
	for name, test := range map[string]struct {
		way  func(*verifftest.Server, string) error
		code veriff.DecisionCode
		sort string
	}{
		"approved": {afterSubmit(func(srv *verifftest.Server, id string) error { return srv.Approve(id, verifftest.Person{}) }), 9001, conclusive},
		"declined": {afterSubmit(func(srv *verifftest.Server, id string) error { return srv.Decline(id, 106, "") }), 9102, conclusive},
		"expired":  {(*verifftest.Server).Expire, 9104, conclusive},
		"abandoned": {func(srv *verifftest.Server, id string) error {
			if err := srv.Open(id); err != nil {
				return err
			}
			return srv.Abandon(id)
		}, 9104, conclusive},
		"resubmission":      {afterSubmit(func(srv *verifftest.Server, id string) error { return srv.RequestResubmission(id, 201, "") }), 9103, inconclusive},
		"review":            {afterSubmit((*verifftest.Server).Review), 9121, intermediate},
		"SelfID passed":     {afterSubmit(force("submitted", 9151)), 9151, intermediate},
		"video call passed": {afterSubmit(force("submitted", 9161)), 9161, intermediate},
	} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t)
			client := connect(t, srv)
			box := listen(t, srv, client)
			session := open(t, client)
			require.NoError(t, test.way(srv, session.ID))
			decision, err := client.Decision(t.Context(), session.ID)
			require.NoError(t, err)
			assert.Equal(t, test.code, decision.Code)
			assert.Equal(t, name == "approved", decision.Approved())
			assert.Equal(t, test.sort == inconclusive, decision.ResubmissionRequested())
			assert.Equal(t, test.sort == inconclusive, takesAttempts(t, srv, session.URL))

			if test.sort == conclusive {
				_, err = client.UploadMedia(t.Context(), session.ID, front(photo(99)))
				assertKinds(t, err, veriff.ErrConflict)
				_, err = client.SubmitSession(t.Context(), session.ID)
				assertKinds(t, err, veriff.ErrInvalidRequest, veriff.ErrConflict)
				again := open(t, client)
				assert.NotEqual(t, session.ID, again.ID)
				assert.NotEqual(t, session.URL, again.URL)
				assert.True(t, takesAttempts(t, srv, again.URL))
				assert.False(t, takesAttempts(t, srv, session.URL), "the old one stays closed")
				return
			}
			if test.sort == inconclusive {
				require.NoError(t, srv.Submit(session.ID))
				assert.False(t, takesAttempts(t, srv, session.URL), "handed in")
			}
			require.NoError(t, srv.Approve(session.ID, verifftest.Person{}))
			assert.False(t, takesAttempts(t, srv, session.URL), "nothing more is to be done")
			decisions := box.decisions()
			require.Len(t, decisions, 2)
			assert.Equal(t, test.code, decisions[0].Code)
			assert.True(t, decisions[1].Approved())
			assert.True(t, decisions[1].Supersedes(decisions[0]))
		})
	}
}

// Who left halfway is sent back to the same URL, until the seven days from the
// session's creation are over; then there is a new session.
func TestSessionThatWasLeftHalfway(t *testing.T) {
	const week = 7 * 24 * time.Hour
	for name, test := range map[string]struct {
		way  func(*verifftest.Server, string)
		ends veriff.Status
	}{
		"nobody came":  {func(*verifftest.Server, string) {}, veriff.StatusExpired},
		"begun":        {func(srv *verifftest.Server, id string) { srv.Open(id) }, veriff.StatusAbandoned},
		"to try again": {func(srv *verifftest.Server, id string) { srv.Submit(id); srv.RequestResubmission(id, 201, "") }, veriff.StatusAbandoned},
	} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t)
			srv.SetTime(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
			client := connect(t, srv)
			box := listen(t, srv, client)
			session := open(t, client)
			srv.Advance(24 * time.Hour)
			test.way(srv, session.ID)
			before := len(box.decisions())
			srv.Advance(week - 24*time.Hour - time.Second)
			if name != "nobody came" { // a look is an arrival
				assert.True(t, takesAttempts(t, srv, session.URL), "it goes on where it was left")
			}
			srv.Advance(time.Second)
			assert.False(t, takesAttempts(t, srv, session.URL))
			require.Len(t, box.decisions(), before+1)
			end := box.decisions()[before]
			assert.Equal(t, test.ends, end.Status)
			assert.Equal(t, veriff.CodeExpired, end.Code)
			assert.False(t, end.Pending())

			again := open(t, client)
			assert.NotEqual(t, session.URL, again.URL)
			assert.True(t, takesAttempts(t, srv, again.URL))
		})
	}
}

// Whatever a person is called, and whatever the application's own id is, both
// reach Veriff and come back to the byte.
func TestSessionsOfOddNames(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	box := listen(t, srv, client)
	for _, name := range []string{
		"O'Brien-Śmiałowski", "X Æ A-12", "미래 \"별\"", "Ørjan \\ Jr.", "<b>Bobby</b> & Söhne", "محمد", "\u202eesrever", "Zoë\u0308", "e\u2028f", "👩‍👧", "null",
		strings.Repeat("Wolfeschlegelsteinhausenbergerdorff ", 20), " ", "7", "Robert'); DROP TABLE students;--", "%00%s${x}",
	} {
		session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{
			Person: veriff.SessionPerson{FirstName: name, LastName: name}, VendorData: name,
		})
		require.NoError(t, err, name)
		assert.Equal(t, name, session.VendorData)
		before := len(box.decisions())
		require.NoError(t, srv.Submit(session.ID))
		require.NoError(t, srv.Approve(session.ID, verifftest.Person{}))
		require.Len(t, box.decisions(), before+1, name)
		decision := box.decisions()[before]
		assert.Equal(t, session.ID, decision.ID)
		assert.Equal(t, name, decision.VendorData)
		assert.Equal(t, name, decision.Person.FirstName)
		assert.Equal(t, name, decision.Person.LastName)
		assert.True(t, decision.Approved())
	}
}
