package verifftest

// A reason is a documented reasonCode with its text.
type reason struct {
	Code int
	Text string
}

// declineReasons are the ones of document 003.
func declineReasons() []reason {
	return []reason{
		{101, "Physical document not used"},
		{102, "Suspected document tampering"},
		{103, "Person showing the document does not appear to match document photo"},
		{105, "Suspicious behaviour"},
		{106, "Known fraud"},
		{107, "Velocity/abuse"},
	}
}

// resubmissionReasons are the ones of document 003.
func resubmissionReasons() []reason {
	return []reason{
		{201, "Video and/or photos missing"},
		{202, "Face not clearly visible"},
		{203, "Full document not visible"},
		{204, "Poor image quality"},
		{205, "Document damaged"},
		{206, "Document type not supported"},
		{207, "Document expired"},
	}
}

// reasonText is empty for a code that document 003 does not have.
func reasonText(code int) string {
	for _, r := range append(declineReasons(), resubmissionReasons()...) {
		if r.Code == code {
			return r.Text
		}
	}
	return ""
}
