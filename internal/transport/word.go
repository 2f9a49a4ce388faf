package transport

// Word is the fixed word for the cause that Error shows, "" if the status says
// it all.
func (e *Error) Word() string {
	if e.Err == nil {
		return ""
	}
	return word(e.Err)
}
