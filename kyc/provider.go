package kyc

import "context"

// A Provider verifies people through one vendor. The package documentation
// tells what callers may rely on.
//
// All methods are safe for concurrent use. A Provider keeps nothing about a
// check between calls: whatever it needs again is in the Check.
type Provider interface {
	// Name is a short lower-case name, such as "veriff", that never changes:
	// it is stored in every Check.
	Name() string

	// Start opens a check with the vendor and stores nothing. It validates req
	// before any I/O and uses req.CheckID, or a new id when that is empty.
	// ErrUnconfirmed means that the vendor may have opened a check whose
	// answer was lost: start again with a new id, and forget the old one.
	Start(ctx context.Context, req *StartRequest) (*Check, error)

	// Result asks the vendor how the check stands now. It may be called any
	// number of times, before and after the decision. A check that is not
	// decided is a Result with StatusPending, never an error; an error says
	// nothing about the person. It returns ErrForeign when the check belongs
	// to another provider or the vendor's answer belongs to another check.
	Result(ctx context.Context, check *Check) (*Result, error)
}

// optional finds in p what not every provider has.
func optional[T any](p Provider, op string) (T, error) {
	var none T
	if p == nil {
		return none, invalid("", op, "provider is nil")
	}
	t, ok := p.(T)
	if !ok {
		return none, &Error{Provider: p.Name(), Op: op, Kind: ErrUnsupported}
	}
	return t, nil
}
