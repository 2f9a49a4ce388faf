package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/veriff"
)

// A customer is a row of the table.
type customer struct {
	line      int
	reference string                      // the application's, one for each customer
	request   veriff.CreateSessionRequest // without vendorData
	images    []photo
	err       error // why the row cannot be used, without what is in it; then why it was not submitted
}

// A photo is a file in the folder of images.
type photo struct {
	context veriff.MediaContext
	name    string
}

// A column puts a cell where it belongs. A file is named as its context, with
// underscores.
type column struct {
	name string
	set  func(c *customer, cell string)
}

func allColumns() []column {
	all := []column{
		{"reference", func(c *customer, cell string) { c.reference = cell }},
		{"first_name", func(c *customer, cell string) { c.request.Person.FirstName = cell }},
		{"last_name", func(c *customer, cell string) { c.request.Person.LastName = cell }},
		{"date_of_birth", func(c *customer, cell string) { c.request.Person.DateOfBirth = veriff.Date(cell) }},
		{"document_type", func(c *customer, cell string) { c.request.Document.Type = veriff.DocumentType(cell) }},
		{"document_country", func(c *customer, cell string) { c.request.Document.Country = cell }},
		{"document_number", func(c *customer, cell string) { c.request.Document.Number = cell }},
	}
	for _, context := range []veriff.MediaContext{veriff.Face, veriff.DocumentFront, veriff.DocumentBack} {
		all = append(all, column{fileColumn(context), func(c *customer, cell string) {
			if cell != "" {
				c.images = append(c.images, photo{context, cell})
			}
		}})
	}
	return all
}

func fileColumn(context veriff.MediaContext) string {
	return strings.ReplaceAll(string(context), "-", "_")
}

func columns() []string {
	var names []string
	for _, c := range allColumns() {
		names = append(names, c.name)
	}
	return names
}

// readCustomers reads the whole table before anything is sent. A row that
// cannot be used is kept with the reason, so that the others can go on.
func readCustomers(table io.Reader, images *os.Root) ([]customer, error) {
	text := bufio.NewReader(table)
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" { // as spreadsheets write it
		_, _ = text.Discard(3)
	}
	rows := csv.NewReader(text)
	rows.FieldsPerRecord = -1 // judged for each row
	header, err := rows.Read()
	if err != nil {
		return nil, err
	}
	known, set := allColumns(), make([]column, len(header))
	for i, name := range header {
		at := slices.IndexFunc(known, func(c column) bool { return c.name == strings.ToLower(strings.TrimSpace(name)) })
		if at < 0 { // its text is not shown: where there is no header it is somebody's name
			return nil, fmt.Errorf("column %d of the header is none that is left of %s", i+1, strings.Join(columns(), ", "))
		}
		set[i] = known[at]
		known = slices.Delete(known, at, at+1) // so that none is there twice
	}
	if slices.ContainsFunc(known, func(c column) bool { return c.name == "reference" }) {
		return nil, errors.New("there is no column reference")
	}

	var customers []customer
	first := map[string]int{} // customer with this reference
	for {
		cells, err := rows.Read()
		if err == io.EOF {
			return customers, nil
		} else if err != nil {
			return nil, err // a quote is out of place, so that nobody knows where the next row begins
		}
		line, _ := rows.FieldPos(0)
		c := customer{line: line}
		if len(cells) != len(set) {
			c.err = fmt.Errorf("%d cells where the header has %d", len(cells), len(set))
		} else {
			for i, cell := range cells {
				set[i].set(&c, strings.TrimSpace(cell))
			}
			c.err = c.check(images)
		}
		if same, found := first[c.reference]; found && c.reference != "" {
			// Nobody knows which of the two is right, so that neither has it.
			c.err = fmt.Errorf("the reference is also on line %d", customers[same].line)
			customers[same].err = fmt.Errorf("the reference is also on line %d", c.line)
			c.reference, customers[same].reference = "", ""
		} else {
			first[c.reference] = len(customers)
		}
		customers = append(customers, c)
	}
}

// check finds out what Veriff would refuse.
func (c *customer) check(images *os.Root) error {
	switch err := c.request.Validate(); {
	case c.reference == "":
		return errors.New("there is no reference")
	case err != nil:
		return err // which names the field, and not what is in it
	case len(c.images) == 0:
		return errors.New("there is no image")
	}
	for _, i := range c.images {
		file, err := i.open(images)
		if err == nil {
			err = (&veriff.MediaUpload{Context: i.context, Content: file}).Validate()
			_ = file.Close()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", fileColumn(i.context), err)
		}
	}
	return nil
}

// digest tells a row from another one that has its reference, for the journal,
// which is to hold nothing about the customer.
func (c *customer) digest(salt string) (string, error) {
	request, err := json.Marshal(&c.request)
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", salt, request, c.images))
	return hex.EncodeToString(sum[:]), err
}

// open opens the file, within the folder whatever its name says and wherever
// links lead. Errors do not show the name: it may be the customer's.
func (i photo) open(images *os.Root) (*os.File, error) {
	info, err := images.Stat(i.name)
	if err == nil && !info.Mode().IsRegular() { // a pipe would wait for ever
		return nil, errors.New("not a file")
	}
	var file *os.File
	if err == nil {
		file, err = images.Open(i.name)
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, failed.Err
	}
	return file, err
}
