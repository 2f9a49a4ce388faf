package veriff

// EventCode says what an event webhook is about: document 003, "/webhooks
// /events", and Veriff's end-user flow events table. An event reports progress
// and never the outcome.
//
// Zero is no code. A value without a constant is an ordinary EventCode that is
// not Known.
type EventCode int

const (
	// EventCodeStarted says that the person has arrived and begun.
	EventCodeStarted EventCode = 7001
	// EventCodeSubmitted says that the person has handed in an attempt.
	EventCodeSubmitted EventCode = 7002
	// EventCodeSubmittedWithAddress comes with the action submitted and an
	// address id. It is known from a sample event only, not from a table.
	EventCodeSubmittedWithAddress EventCode = 7005
	// EventCodeWebFlow covers the additional events of the web flow; the action
	// and the event's context tell which.
	EventCodeWebFlow EventCode = 7007
)

// Known reports whether c is one of the constants.
func (c EventCode) Known() bool { return c.words() != "" }

// String gives the code in words: "none" for zero, "event code 7999" for a
// code that is not Known.
func (c EventCode) String() string { return codeString("event code", c, c.words()) }

// UnmarshalJSON takes a number or a string that holds one; null and "" give
// zero.
func (c *EventCode) UnmarshalJSON(data []byte) error {
	return unmarshalCode(c, "EventCode", data)
}

func (c EventCode) words() string {
	switch c {
	case EventCodeStarted:
		return "started"
	case EventCodeSubmitted:
		return "submitted"
	case EventCodeSubmittedWithAddress:
		return "submitted with an address"
	case EventCodeWebFlow:
		return "web flow event"
	}
	return ""
}

// EventAction is the word beside an [EventCode], from the same sources. A
// value without a constant is an ordinary EventAction that is not Known.
type EventAction string

const (
	// EventActionStarted goes with EventCodeStarted.
	EventActionStarted EventAction = "started"
	// EventActionSubmitted goes with EventCodeSubmitted and
	// EventCodeSubmittedWithAddress.
	EventActionSubmitted EventAction = "submitted"
	// EventActionWaitingComplete goes with EventCodeWebFlow.
	EventActionWaitingComplete EventAction = "waiting_complete"
)

// Known reports whether a is one of the constants.
func (a EventAction) Known() bool {
	switch a {
	case EventActionStarted, EventActionSubmitted, EventActionWaitingComplete:
		return true
	}
	return false
}
