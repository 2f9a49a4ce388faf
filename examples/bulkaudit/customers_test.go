package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func read(t *testing.T, table string) ([]customer, error) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "images")
	require.NoError(t, writePhotos(dir))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hong.txt"), []byte("no photo"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "empty.jpg"), nil, 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder"), 0o700))
	require.NoError(t, os.Symlink("../front.jpg", filepath.Join(dir, "out.jpg")))
	require.NoError(t, os.Symlink("front.jpg", filepath.Join(dir, "in.jpg")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe.jpg"), 0o600))
	images, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = images.Close() })
	return readCustomers(strings.NewReader(table), images)
}

func TestReadCustomers(t *testing.T) {
	customers, err := read(t, "\ufeffReference, first_name,last_name,date_of_birth,document_type,document_country,document_number,face,document_front,document_back\r\n"+
		" 1 ,Mirae,\"Hong, Jr.\",1990-02-28,PASSPORT,KR,M123,face.jpg,in.jpg,\r\n"+
		"\r\n"+
		"2,\"two\nlines\",,,,,,,front.jpg,\r\n"+
		"3,,,,,,,,front.jpg,back.jpg\r\n")
	require.NoError(t, err)
	assert.Equal(t, []customer{
		{line: 2, reference: "1", request: veriff.CreateSessionRequest{
			Person:   veriff.SessionPerson{FirstName: "Mirae", LastName: "Hong, Jr.", DateOfBirth: "1990-02-28"},
			Document: veriff.SessionDocument{Type: veriff.DocumentTypePassport, Country: "KR", Number: "M123"},
		}, images: []photo{{veriff.Face, "face.jpg"}, {veriff.DocumentFront, "in.jpg"}}},
		{line: 4, reference: "2", request: veriff.CreateSessionRequest{Person: veriff.SessionPerson{FirstName: "two\nlines"}},
			images: []photo{{veriff.DocumentFront, "front.jpg"}}},
		{line: 6, reference: "3", images: []photo{{veriff.DocumentFront, "front.jpg"}, {veriff.DocumentBack, "back.jpg"}}},
	}, customers)
}

func TestWrongRows(t *testing.T) {
	for name, test := range map[string]struct{ row, says string }{
		"no reference":        {",Mirae,Hong,,face.jpg,", "there is no reference"},
		"a cell too few":      {"2,Mirae,Hong,,face.jpg", "5 cells where the header has 6"},
		"a cell too many":     {"2,Mirae,Hong,,face.jpg,,", "7 cells where the header has 6"},
		"no image":            {"2,Mirae,Hong,,,", "there is no image"},
		"no such image":       {"2,Mirae,Hong,,hong.jpg,", "face: no such file or directory"},
		"no date":             {"2,Mirae,Hong,1990-02-30,face.jpg,", "Person.DateOfBirth is not a date of the form YYYY-MM-DD"},
		"not UTF-8":           {"2,Mira\xff,Hong,,face.jpg,", "Person.FirstName is not valid UTF-8"},
		"a folder":            {"2,Mirae,Hong,,folder,", "face: not a file"},
		"a pipe":              {"2,Mirae,Hong,,pipe.jpg,", "face: not a file"},
		"an empty image":      {"2,Mirae,Hong,,empty.jpg,", "face: the Content is empty"},
		"no photo at all":     {"2,Mirae,Hong,,hong.txt,", "face: the Content is none of JPEG, PNG, HEIF, HEIC, WebP and PDF"},
		"outside, upwards":    {"2,Mirae,Hong,,face.jpg,../front.jpg", "document_front: path escapes from parent"},
		"outside, absolutely": {"2,Mirae,Hong,,face.jpg,/etc/hostname", "document_front: path escapes from parent"},
		"outside, by a link":  {"2,Mirae,Hong,,face.jpg,out.jpg", "document_front: path escapes from parent"},
	} {
		t.Run(name, func(t *testing.T) {
			customers, err := read(t, header+"1,Mirae,Hong,,face.jpg,\n"+test.row+"\n3,Mirae,Hong,,face.jpg,\n")
			require.NoError(t, err)
			require.Len(t, customers, 3)
			assert.NoError(t, customers[0].err)
			assert.EqualError(t, customers[1].err, test.says)
			assert.Equal(t, 3, customers[1].line)
			assert.NoError(t, customers[2].err)
		})
	}
}

func TestTwoRowsOfOneReference(t *testing.T) {
	customers, err := read(t, header+"1,Mirae,Hong,,face.jpg,\n2,Hanako,Sato,,face.jpg,\n1,Mari,Tamm,,face.jpg,\n")
	require.NoError(t, err)
	assert.EqualError(t, customers[0].err, "the reference is also on line 4")
	assert.NoError(t, customers[1].err)
	assert.EqualError(t, customers[2].err, "the reference is also on line 2")
	assert.Empty(t, customers[0].reference+customers[2].reference)
}

func TestTablesThatCannotBeRead(t *testing.T) {
	const known = "reference, first_name, last_name, date_of_birth, document_type, document_country, document_number, face, document_front, document_back"
	for name, test := range map[string]struct{ table, says string }{
		"nothing":           {"", "EOF"},
		"no header":         {"1,Mirae,Hong\n", "column 1 of the header is none that is left of " + known},
		"unknown column":    {"reference,Mirae\n", "column 2 of the header is none that is left of " + known},
		"a column twice":    {"reference,face,face\n", "column 3 of the header is none that is left of " + known},
		"no reference":      {"first_name,face\n", "there is no column reference"},
		"quote within":      {header + "1,Mi\"rae,Hong,,face.jpg,\n", `parse error on line 2, column 5: bare " in non-quoted-field`},
		"quote never ended": {header + "1,\"Mirae,Hong,,face.jpg,\n2,,,,face.jpg,\n", `record on line 2; parse error on line 3, column 16: extraneous or missing " in quoted-field`},
	} {
		t.Run(name, func(t *testing.T) {
			customers, err := read(t, test.table)
			assert.Nil(t, customers)
			assert.EqualError(t, err, test.says)
		})
	}
}

// Nothing of a row is shown where somebody reads along, right or wrong.
func TestOutputHasNothingOfARow(t *testing.T) {
	s := newSite(t, 0)
	s.table(header + "hong@shop.example,Mirae,Hong,1990-02-28,face.jpg,\n" +
		"hong@shop.example,Mirae,Hong,1990-02-28,hong.jpg,\n" +
		"hong2@shop.example,Mirae,Hong,1990-02-30,hong.jpg,\n" +
		"hong3@shop.example,Mirae,Hong,1990-02-28,hong.jpg,\n")
	out, err := s.run()
	require.EqualError(t, err, "4 not submitted, see "+s.summary)
	assert.Equal(t, "line 2: wrong: the reference is also on line 3\n"+
		"line 3: wrong: the reference is also on line 2\n"+
		"line 4: wrong: Person.DateOfBirth is not a date of the form YYYY-MM-DD\n"+
		"line 5: wrong: face: no such file or directory\n"+
		"0 submitted, 0 in doubt, 4 wrong, 0 waiting\n", out)
	assert.Empty(t, s.srv.Requests())
}
