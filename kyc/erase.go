package kyc

import "context"

// An Eraser is a Provider whose vendor can be told to forget.
type Eraser interface {
	// Erase asks the vendor to delete what it holds about the check, and
	// tells what the vendor did. The provider says what each answer covers.
	Erase(ctx context.Context, check *Check) (Erasure, error)
}

// Erasure is what became of the vendor's data. A value that is none of the
// constants must not be taken for a deletion.
type Erasure string

const (
	// ErasureDeleted: the vendor says that it deleted its record.
	ErasureDeleted Erasure = "deleted"
	// ErasureNotDeletable: the vendor keeps its record, for now or for good.
	ErasureNotDeletable Erasure = "not_deletable"
	// ErasureLimited: a part was deleted, or access to it was limited.
	ErasureLimited Erasure = "limited"
)

// Known tells whether e is one of the constants.
func (e Erasure) Known() bool {
	switch e {
	case ErasureDeleted, ErasureNotDeletable, ErasureLimited:
		return true
	}
	return false
}

// Erase asks p's Eraser. It returns ErrUnsupported when p has none: then
// nothing was deleted.
func Erase(ctx context.Context, p Provider, check *Check) (Erasure, error) {
	const op = "erase"
	eraser, err := optional[Eraser](p, op)
	if err != nil {
		return "", err
	}
	if err := check.Validate(p.Name()); err != nil {
		return "", err
	}
	return eraser.Erase(ctx, check)
}
