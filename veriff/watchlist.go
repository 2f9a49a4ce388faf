package veriff

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A WatchlistScreening is what a search of sanctions, warning, fitness and
// probity, PEP and adverse media lists found about a session's person. Only
// MatchStatusNoMatch says that nothing was found. Where monitoring is on, a new
// webhook follows if that changes.
//
// Source: GET /v1/sessions/{id}/watchlist-screening and the watchlist screening
// webhook, which have the same contents.
type WatchlistScreening struct {
	CheckType CheckType `json:"checkType,omitzero"`
	SessionID string    `json:"sessionId,omitzero"`
	AttemptID string    `json:"attemptId,omitzero"`
	// VendorData and EndUserID are as CreateSession sent them.
	VendorData  string      `json:"vendorData,omitzero"`
	EndUserID   string      `json:"endUserId,omitzero"`
	MatchStatus MatchStatus `json:"matchStatus,omitzero"`
	// MonitorStatus tells whether Veriff goes on looking. Its values are not
	// established.
	MonitorStatus Text       `json:"monitorStatus,omitzero"`
	SearchTerm    SearchTerm `json:"searchTerm,omitzero"`
	TotalHits     Number     `json:"totalHits,omitzero"`
	CreatedAt     Time       `json:"createdAt,omitzero"`
	// Hits are the people of the lists who may be the person.
	Hits []WatchlistHit `json:"hits,omitzero"`

	meta Meta
}

// SearchTerm is what was searched for, and how.
type SearchTerm struct {
	Name Text `json:"name,omitzero"`
	// Year is that of birth.
	Year      Text   `json:"year,omitzero"`
	Lists     []Text `json:"lists,omitzero"`
	Countries []Text `json:"countries,omitzero"`
	// ExactMatch and MatchThreshold say how alike names had to be. The
	// threshold's unit is not established.
	ExactMatch      Tristate `json:"exactMatch,omitzero"`
	MatchThreshold  Number   `json:"matchThreshold,omitzero"`
	ExcludeDeceased Tristate `json:"excludeDeceased,omitzero"`
}

// A WatchlistHit is a person of the lists.
type WatchlistHit struct {
	MatchedName Text   `json:"matchedName,omitzero"`
	Countries   []Text `json:"countries,omitzero"`
	// DateOfBirth and DateOfDeath may be a year alone.
	DateOfBirth Date `json:"dateOfBirth,omitzero"`
	DateOfDeath Date `json:"dateOfDeath,omitzero"`
	// MatchTypes say in what the hit is like the person.
	MatchTypes []Text `json:"matchTypes,omitzero"`
	// AKA are other names of the hit, Associates people around it.
	AKA        []Text            `json:"aka,omitzero"`
	Associates []Text            `json:"associates,omitzero"`
	Listings   WatchlistListings `json:"listingsRelatedToMatch,omitzero"`
}

// WatchlistListings are where a hit is listed, by kind of list.
type WatchlistListings struct {
	Warnings       []Listing `json:"warnings,omitzero"`
	Sanctions      []Listing `json:"sanctions,omitzero"`
	FitnessProbity []Listing `json:"fitnessProbity,omitzero"`
	PEP            []Listing `json:"pep,omitzero"`
	AdverseMedia   []Listing `json:"adverseMedia,omitzero"`
}

// A Listing is one source that lists a hit.
type Listing struct {
	SourceName Text `json:"sourceName,omitzero"`
	SourceURL  Text `json:"sourceUrl,omitzero"`
	Date       Text `json:"date,omitzero"`
}

// UnmarshalJSON takes sourceName and sourceUrl, and source_name and source_url
// in their place: Veriff's own sample has both spellings.
func (l *Listing) UnmarshalJSON(data []byte) error {
	type object Listing
	var got struct {
		object
		Name Text `json:"source_name"`
		URL  Text `json:"source_url"`
	}
	if err := transport.Decode(data, &got); err != nil {
		return err
	}
	*l = Listing(got.object)
	if l.SourceName == "" {
		l.SourceName = got.Name
	}
	if l.SourceURL == "" {
		l.SourceURL = got.URL
	}
	return nil
}

// Meta tells how the screening reached this program.
func (w *WatchlistScreening) Meta() Meta { return w.meta }

// warn tells an on-call person in which field there is a value that this
// package does not know, as a Decision does.
func (w *WatchlistScreening) warn(ctx context.Context, logger *slog.Logger) {
	warn(ctx, logger, map[string]bool{
		"matchStatus": w.MatchStatus == "" || w.MatchStatus.Known(),
		"checkType":   w.CheckType == "" || w.CheckType.Known(),
	})
}

// WatchlistScreening asks what the watchlist screening of a session found.
// Where Veriff answers null, the error is [ErrNotFound]: an empty screening
// would read as one without hits. An answer about another session is
// [ErrForeign].
//
// Source: GET /v1/sessions/{id}/watchlist-screening.
func (c *Client) WatchlistScreening(ctx context.Context, sessionID string) (*WatchlistScreening, error) {
	call := &transport.Call{
		Op: "WatchlistScreening", Method: http.MethodGet, Route: "/v1/sessions/{id}/watchlist-screening", Args: []string{sessionID},
	}
	var got struct {
		status
		Data part[WatchlistScreening] `json:"data"`
	}
	meta, err := c.ask(ctx, call, "session id", &got, func() error {
		if err := got.status.check(); err != nil {
			return err
		}
		if err := got.Data.check("data"); err != nil {
			return err
		}
		if id := got.Data.value.SessionID; id != "" && id != sessionID {
			return foreign("its sessionId is not the one asked for")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	screening := got.Data.value
	screening.meta = meta
	screening.warn(ctx, c.transport.Logger())
	return screening, nil
}
