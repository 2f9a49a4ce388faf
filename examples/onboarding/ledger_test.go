//go:build linux

package main

import (
	"database/sql"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// settle lets all news arrive, and compares.
func (s *site) settle(applicants []*applicant) {
	s.Helper()
	s.letTimePass()
	p := s.start()
	p.refreshed(s)
	require.Zero(s, s.veriff.Redeliver(), "Veriff delivers no webhook in vain any longer")
	pages := map[string]bool{}
	for _, a := range applicants {
		got := a.load(http.MethodGet, "/members")
		pages[a.email] = got.StatusCode == http.StatusOK && strings.Contains(got.text, words["members.title"].en)
		outside := "/account"
		if !a.signedIn {
			outside = "/signin"
		}
		assert.True(s, pages[a.email] || got.Header.Get("Location") == outside, "%s: %d", a.email, got.StatusCode)
	}
	p.stop(s)
	s.inside(func(db *database) {
		s.assertWhole(db)
		s.assertNoHalf(db)
		s.assertAdmissions(db, applicants, pages)
		s.assertVendors(db, applicants)
		s.assertTrail(db, applicants)
	})
	s.logFigures(applicants)
}

// assertNoHalf wants each stored outcome with its effect, no effect without its
// outcome, and all of which Veriff was told that it is stored, whenever the
// program was killed.
func (s *site) assertNoHalf(db *database) {
	s.Helper()
	var halves int
	require.NoError(s, db.QueryRow(`SELECT count(*) FROM checks LEFT JOIN admissions ON check_id = id
		WHERE coalesce(record ->> '$.result.status' = 'approved' AND NOT conflict, 0) <> (check_id IS NOT NULL)`).Scan(&halves))
	assert.Zero(s, halves, "checks of which a half is stored")

	told := map[string]time.Time{} // when the newest decision was that was answered with 200
	for _, webhook := range s.veriff.Webhooks() {
		if webhook.Kind != verifftest.DecisionWebhook || !webhook.Delivered() {
			continue
		}
		var body struct {
			Verification struct {
				VendorData   string    `json:"vendorData"`
				DecisionTime time.Time `json:"decisionTime"`
			} `json:"verification"`
		}
		require.NoError(s, json.Unmarshal(webhook.Body, &body))
		told[body.Verification.VendorData] = body.Verification.DecisionTime // they come in order
	}
	for id, at := range told {
		record, err := records{db}.Get(s.Context(), id)
		require.NoError(s, err)
		if record.Started { // or nobody was ever there
			assert.True(s, record.Result != nil && !record.Result.DecidedAt.Before(at), "Veriff was told that a decision is stored, and it is not")
		}
	}
}

// assertWhole wants a database that is as SQLite, and its schema, want it.
func (s *site) assertWhole(db *database) {
	s.Helper()
	var text string
	require.NoError(s, db.QueryRow(`PRAGMA integrity_check`).Scan(&text))
	assert.Equal(s, "ok", text)
	rows, err := db.Query(`PRAGMA foreign_key_check`)
	require.NoError(s, err)
	defer func() { assert.NoError(s, rows.Close()) }()
	assert.False(s, rows.Next(), "a row belongs to no other")
	require.NoError(s, rows.Err())
}

// vouched tells whether a vendor vouches for the applicant, by a check of which
// the program can know: Iamport calls nobody, and cannot be asked about a person
// who does not come back.
func (a *applicant) vouched() bool {
	for _, c := range a.attempts {
		if c.approved() && (c.provider != "iamport" || c.came) {
			return true
		}
	}
	return false
}

// assertAdmissions wants those admitted whom a vendor vouches for, one account
// of each person's where the vendor can tell persons apart, and nobody else.
func (s *site) assertAdmissions(db *database, applicants []*applicant, pages map[string]bool) {
	s.Helper()
	type who struct{ provider, identity string }
	persons := map[who][]*applicant{}
	expected := 0
	for _, a := range applicants {
		if !a.signedIn {
			continue // has begun nothing, and may have no account
		}
		var admitted bool // an address has one account
		require.NoError(s, db.QueryRow(`SELECT admitted FROM standings JOIN accounts ON id = account WHERE email = ?`, a.email).Scan(&admitted), a.email)
		assert.Equal(s, admitted, pages[a.email], "%s: the page says what the database does", a.email)
		switch {
		case !a.vouched():
			assert.False(s, admitted, "%s: no vendor vouches for them", a.email)
		case a.attempts[0].provider == "veriff":
			expected++
			assert.True(s, admitted, "%s: Veriff vouches for them", a.email)
		default:
			person := who{a.attempts[0].provider, a.identity + a.born}
			persons[person] = append(persons[person], a)
		}
	}
	for person, all := range persons {
		expected++
		var in int
		for _, a := range all {
			if pages[a.email] {
				in++
			}
		}
		assert.Equal(s, 1, in, "%v have an account", person)
	}
	var admitted, digests int
	require.NoError(s, db.QueryRow(`SELECT (SELECT count(*) FROM standings WHERE admitted), (SELECT count(*) FROM person_keys)`).Scan(&admitted, &digests))
	assert.Equal(s, expected, admitted)
	assert.Equal(s, len(persons), digests, "persons are claimed by those who are admitted, and nobody else")
}

// assertVendors wants no check at a vendor that the program does not know, none
// twice, and none of which it missed the end.
func (s *site) assertVendors(db *database, applicants []*applicant) {
	s.Helper()
	links := map[string]*attempt{} // by id
	begun, unanswered := 0, 0
	for _, a := range applicants {
		begun += a.begun
		unanswered += a.unanswered
		for _, c := range a.attempts {
			assert.Nil(s, links[c.id], "one check has two links")
			links[c.id] = c
			record, err := records{db}.Get(s.Context(), c.id)
			if !assert.NoError(s, err, "%s: a check at %s is lost", a.email, c.provider) {
				continue
			}
			var email string
			require.NoError(s, db.QueryRow(`SELECT email FROM accounts WHERE id = ?`, record.Check.Reference).Scan(&email))
			assert.Equal(s, a.email, email)
			approved := record.Result != nil && record.Result.Status == kyc.StatusApproved
			assert.Equal(s, c.approved() && (c.provider != "iamport" || c.came), approved, "%s: %s decided %v", a.email, c.provider, c.approvals)
			assert.True(s, !approved || !record.Open, "%s: a check that ended is open", a.email)
		}
	}
	vendors := map[string]bool{}
	for _, session := range s.veriff.Sessions() {
		assert.False(s, vendors[session.VendorData], "two sessions of one check")
		vendors[session.VendorData] = true
	}
	for _, begun := range s.tomoidv.Attempts() {
		assert.False(s, vendors[begun.UserID], "two verifications of one check")
		vendors[begun.UserID] = true
	}
	for id := range vendors {
		record, err := records{db}.Get(s.Context(), id)
		switch {
		case !assert.NoError(s, err, "a vendor has a check that the program does not know"):
		case !record.Started:
			s.figures["checks at vendors whose answer was lost"]++
			assert.Nil(s, links[id], "nobody has a link to it")
		case links[id] == nil:
			s.figures["checks at vendors whose link was lost"]++
		}
	}
	nobodys := s.figures["checks at vendors whose answer was lost"] + s.figures["checks at vendors whose link was lost"]
	assert.LessOrEqual(s, nobodys, unanswered, "none is in vain but by a kill")
	var rows int
	require.NoError(s, db.QueryRow(`SELECT count(*) FROM checks`).Scan(&rows))
	assert.LessOrEqual(s, rows, begun)
	assert.GreaterOrEqual(s, rows, len(links))
	s.figures["checks"], s.figures["checks with a link"] = rows, len(links)
}

// assertTrail wants each outcome to have had its effect once, and the effects to
// tell how it came to what is so now.
func (s *site) assertTrail(db *database, applicants []*applicant) {
	s.Helper()
	for _, a := range applicants {
		for _, c := range a.attempts {
			rows, err := db.Query(`SELECT effect FROM effects WHERE check_id = ? ORDER BY id`, c.id)
			effects, err := collect(rows, err, func(rows *sql.Rows, effect *string) error { return rows.Scan(effect) })
			require.NoError(s, err)
			count := map[string]int{}
			last := "taken back"
			for _, effect := range effects {
				count[effect]++
				s.figures["effects"]++
				if effect != "conflict" {
					assert.NotEqual(s, last, effect, "%s: %v", a.email, effects)
					last = effect
				}
			}
			var admits bool
			require.NoError(s, db.QueryRow(`SELECT EXISTS (SELECT 1 FROM admissions WHERE check_id = ?)`, c.id).Scan(&admits))
			assert.Equal(s, last == "admitted", admits, "%s: %v", a.email, effects)
			approvals := 0
			for _, approved := range c.approvals {
				if approved {
					approvals++
				}
			}
			assert.LessOrEqual(s, count["admitted"]+count["conflict"], approvals, "%s: %v", a.email, effects)
			if c.approved() && (c.provider != "iamport" || c.came) {
				assert.Positive(s, count["admitted"]+count["conflict"], a.email)
			}
		}
	}
}

// logFigures tells what there was.
func (s *site) logFigures(applicants []*applicant) {
	s.Helper()
	s.figures["applicants"] = len(applicants)
	for _, a := range applicants {
		s.figures["pages loaded again"] += a.reloads
		s.figures["starts without an answer"] += a.unanswered
		if a.turnedAway {
			s.figures["applicants told to wait"]++
		}
		for _, c := range a.attempts {
			s.figures["decisions"] += len(c.approvals)
		}
	}
	for _, webhook := range s.veriff.Webhooks() {
		s.figures["webhooks"]++
		s.figures["deliveries"] += len(webhook.Deliveries)
		for _, delivery := range webhook.Deliveries {
			if delivery.StatusCode != http.StatusOK {
				s.figures["deliveries that failed"]++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.figures)) {
		s.Logf("%6d %s", s.figures[name], name)
	}
}
