package token

// detached runs f on a goroutine of its own and returns what closes when f has
// ended. f bounds itself.
func detached(f func()) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	return done
}
