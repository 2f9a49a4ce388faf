package veriff

// MediaContext says what a photo or a document's data shows (document 003, POST
// /sessions/{id}/media; Veriff's page about context types). The suffix "-pre"
// is of the photo that was taken a moment before the one that counts. The list
// is open, and longer than what could be seen of it.
type MediaContext string

// Contexts that Veriff names.
const (
	Face                     MediaContext = "face"
	FacePre                  MediaContext = "face-pre"
	FaceNFC                  MediaContext = "face-nfc" // the portrait in the document's chip
	FaceCropped              MediaContext = "face-cropped"
	DocumentFront            MediaContext = "document-front"
	DocumentFrontPre         MediaContext = "document-front-pre"
	DocumentFrontQRCode      MediaContext = "document-front-qrcode"
	DocumentFrontQRCodePre   MediaContext = "document-front-qrcode-pre"
	DocumentFrontFaceCropped MediaContext = "document-front-face-cropped"
	DocumentBack             MediaContext = "document-back"
	DocumentBackPre          MediaContext = "document-back-pre"
	DocumentBackBarcode      MediaContext = "document-back-barcode"
	DocumentBackBarcodePre   MediaContext = "document-back-barcode-pre"
	DocumentAndFace          MediaContext = "document-and-face"
	DocumentAndFacePre       MediaContext = "document-and-face-pre"
)

// Known reports whether c is one of the constants.
func (c MediaContext) Known() bool {
	switch c {
	case Face, FacePre, FaceNFC, FaceCropped,
		DocumentFront, DocumentFrontPre, DocumentFrontQRCode, DocumentFrontQRCodePre, DocumentFrontFaceCropped,
		DocumentBack, DocumentBackPre, DocumentBackBarcode, DocumentBackBarcodePre,
		DocumentAndFace, DocumentAndFacePre:
		return true
	}
	return false
}
