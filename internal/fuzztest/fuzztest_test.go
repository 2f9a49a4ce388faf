package fuzztest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
)

func TestDay(t *testing.T) {
	for text, want := range map[string]fuzztest.Day{"1990-03-01": 19900301, "2000-02-29": 20000229, "9999-12-31": 99991231, "0000-01-01": 101} {
		day, exists := fuzztest.ParseDay(text)
		assert.True(t, exists, text)
		assert.Equal(t, want, day)
	}
	for _, text := range []string{"", "1990-3-1", "1900-02-29", "2001-04-31", "2001-13-01", "2001-00-01", "2001-01-00", "2001-01-01\n", "２001-01-01"} {
		_, exists := fuzztest.ParseDay(text)
		assert.False(t, exists, text)
	}
	for _, at := range []time.Time{
		time.Unix(0, 0), time.Unix(-1, 0), time.Unix(-86400, 0), time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC),
		time.Date(2100, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(-9999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		year, month, day := at.UTC().Date()
		assert.Equal(t, fuzztest.Day(year*10000+int(month)*100+day), fuzztest.DayAt(at.Unix()), at)
	}
	assert.Equal(t, 26, fuzztest.Day(19900301).Age(20170228))
	assert.Equal(t, 27, fuzztest.Day(19900301).Age(20170301))
	assert.Equal(t, 0, fuzztest.Day(19900301).Age(19900301))
	assert.Equal(t, -1, fuzztest.Day(19900301).Age(19900228))
}

func TestDocument(t *testing.T) {
	d := fuzztest.Read(t, []byte(`{"a":{"b":[1e999,"x","null",null,true,{}]},"c":1}`))
	var texts []string
	for _, element := range d.Get("a").Get("b").List() {
		texts = append(texts, element.Text())
	}
	assert.Equal(t, []string{"1e999", "x", "", "", "true", ""}, texts)
	assert.Zero(t, d.Get("A"))
	assert.Zero(t, d.Get("c").Get("d"))
	d = fuzztest.Read(t, []byte(`{"w":"null","n":"12","m":-3,"o":1e3,"p":9223372036854775808}`))
	assert.Equal(t, []string{"null", "", ""}, []string{d.Word("w"), d.Word("m"), d.Word("x")})
	assert.Equal(t, []int64{0, 12, -3, 0, 0}, []int64{d.Number("w"), d.Number("n"), d.Number("m"), d.Number("o"), d.Number("p")})
	require.Len(t, fuzztest.Files(t, "*.go"), 4)
}

func TestMembers(t *testing.T) {
	const document = `{"a":{"b":1e999},"c":[1]}`
	members := fuzztest.MembersOf(t, []byte(document))
	assert.Equal(t, fuzztest.Members{"a", "a.b", "c"}, members)
	for number, want := range map[uint16]string{
		0: document, 1: `{"a":2,"c":[1]}`, 2: `{"a":{"b":2},"c":[1]}`, 3: `{"a":{"b":1e999},"c":2}`, 4: document, 6: `{"a":{"b":2},"c":[1]}`,
	} {
		assert.Equal(t, want, string(members.Set([]byte(document), number, "2")), number)
	}
	assert.Equal(t, document, string(members.Set([]byte(document), 1, "{")))
	for _, other := range []string{`[]`, `null`, `{"a":1}`, `{"b":1}`} {
		assert.Equal(t, other, string(members.Set([]byte(other), 2, "2")))
	}

	numbers, values := map[uint16]bool{}, map[string]bool{}
	members.Seeds(fuzztest.Values("7"), func(number uint16, value string) {
		numbers[number], values[value] = true, true
		fuzztest.Read(t, []byte(value))
	})
	assert.Len(t, numbers, 3)
	assert.Len(t, values, 18)
}

func TestInvented(t *testing.T) {
	document := []byte(`{"a":"x","at":"2026-03-02T19:05:00+0900","n":9001,"raw":{"b":[true,"y"]}}`)
	assert.Empty(t, fuzztest.Invented(t, map[string]any{
		"other": "x", "at": "2026-03-02T10:05:00Z", "code": "9001", "yes": true, "no": false, "none": 0, "raw": `{"b": [true,"y"]}`,
	}, document))
	assert.ElementsMatch(t, []string{"X", "9", "z"}, fuzztest.Invented(t, []any{"X", 9, `["z"]`}, document))
}
