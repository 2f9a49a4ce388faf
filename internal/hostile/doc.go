// Package hostile holds the tests that attack every door at which JSON comes
// in. Nothing imports it.
//
// A door is a way in: a method of a client, its token, an error reply, a webhook,
// a browser's return, a key, a stored check. It has a clean document, and the
// types that the library reads it into. An attack changes one member of that
// document, or the document as a whole, and says what must come of it at every
// door: that it is refused, and in which words, or that it is read as another
// clean document is. What comes out, error texts included, is compared field by
// field with what that one gives.
//
// Run it under both encoders; what is wanted is the same:
//
//	go test ./internal/hostile
//	GOEXPERIMENT=jsonv2 go test ./internal/hostile
//
// The doors are held to what there is: a method of a client, a type that decodes
// itself, a function that decodes anything, or a field of an answer that no door
// has fails TestDoorsAreComplete or TestFieldsAreComplete.
package hostile
