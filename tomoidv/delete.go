package tomoidv

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Deletion tells what became of one user's results. A status that is not
// Known must not be taken for a deletion.
type Deletion struct {
	Status DeletionStatus `json:"status"`

	meta Meta
}

// Meta tells how DeleteResult's answer reached this program. That of one among
// several is empty: see [Deletions.Meta].
func (d *Deletion) Meta() Meta { return d.meta }

func (d *Deletion) check() error {
	if d.Status == "" {
		return errNoStatus
	}
	return nil
}

// Deletions is one Deletion for each id that was sent. TomoIDV names none of
// them; that they are in the order sent is likely, and not documented. Where it
// matters which one was not deleted, delete one at a time.
type Deletions struct {
	Results []Deletion `json:"results"`

	meta Meta
}

// Meta tells how the answer reached this program.
func (d *Deletions) Meta() Meta { return d.meta }

// DeleteResult deletes a person's results at TomoIDV for good.
//
// It is never sent again once it may have arrived: the answer to a repetition
// would be about the repetition, and could be "not_deletable" for what is gone.
// After an error that is [ErrUnconfirmed] it is safe to call it again, and to
// take DeletionStatusNotDeletable for that.
//
// Source: POST /v1/idv/result/delete.
func (c *Client) DeleteResult(ctx context.Context, userID PPID) (*Deletion, error) {
	const op = "DeleteResult"
	if err := checkID("user ID", string(userID)); err != nil {
		return nil, invalid(op, err)
	}
	var got Deletion
	meta, err := c.post(ctx, &transport.Call{Op: op, Route: "/v1/idv/result/delete"}, map[string]PPID{"user_id": userID}, &got, got.check)
	if err != nil {
		return nil, err
	}
	got.meta = meta
	return &got, nil
}

// DeleteResults is DeleteResult for several persons. How many it takes at once
// is not documented.
//
// Source: POST /v1/idv/result/bulk-delete.
func (c *Client) DeleteResults(ctx context.Context, userIDs []PPID) (*Deletions, error) {
	const op = "DeleteResults"
	if err := checkIDs(userIDs); err != nil {
		return nil, invalid(op, err)
	}
	var got Deletions
	meta, err := c.post(ctx, &transport.Call{Op: op, Route: "/v1/idv/result/bulk-delete"}, map[string][]PPID{"user_ids": userIDs}, &got, func() error {
		if len(got.Results) != len(userIDs) {
			return fmt.Errorf("it has %d results for %d ids", len(got.Results), len(userIDs))
		}
		for i := range got.Results {
			if err := got.Results[i].check(); err != nil {
				return fmt.Errorf("its result %d: %w", i, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	got.meta = meta
	return &got, nil
}

// checkIDs refuses an id that comes twice, since answers are told apart by
// their number alone.
func checkIDs(userIDs []PPID) error {
	if len(userIDs) == 0 {
		return errors.New("there are no user IDs")
	}
	for i, id := range userIDs {
		if err := checkID(fmt.Sprintf("user ID %d", i), string(id)); err != nil {
			return err
		}
		if first := slices.Index(userIDs, id); first != i {
			return fmt.Errorf("user ID %d is the same as %d", i, first)
		}
	}
	return nil
}
