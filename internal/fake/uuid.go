package fake

// NewUUID is a random UUID, version 4.
func NewUUID() string { return Random().UUID() }
