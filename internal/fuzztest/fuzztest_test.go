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
	d := fuzztest.Read(t, []byte(`{"A":{"b":[1e999,"x","null",null,true,{}]},"c":1,"C":2}`))
	var texts []string
	for _, element := range d.Get("a").Get("ｂ").List() {
		texts = append(texts, element.Text())
	}
	assert.Empty(t, texts)
	for _, element := range d.Get("a").Get("B").List() {
		texts = append(texts, element.Text())
	}
	assert.Equal(t, []string{"1e999", "x", "", "", "true", ""}, texts)
	assert.Zero(t, d.Get("c"), "two of it")
	assert.Zero(t, d.Get("c").Get("d"))
	require.Len(t, fuzztest.Files(t, "*.go"), 4)
}

func TestWith(t *testing.T) {
	const document = `{"a":{"b":1e999},"c":[1]}`
	paths, values := map[string]bool{}, map[string]bool{}
	for _, change := range fuzztest.Changes(t, []byte(`{"a":{"b":1,"c":2,"d":3,"e":4,"f":5},"g":[1]}`), "7") {
		paths[change.Path], values[change.Value] = true, true
		fuzztest.Read(t, []byte(change.Value))
	}
	assert.Len(t, paths, 7)
	assert.Len(t, values, 18)
	for path, want := range map[string]string{
		"a": `{"a":2,"c":[1]}`, "a.b": `{"a":{"b":2},"c":[1]}`, "a.d": `{"a":{"b":1e999,"d":2},"c":[1]}`,
		"": `{"":2,"a":{"b":1e999},"c":[1]}`, "c.d": document, "d.e": document,
	} {
		assert.Equal(t, want, string(fuzztest.With([]byte(document), path, "2")), path)
	}
	assert.Equal(t, document, string(fuzztest.With([]byte(document), "a", "{")))
	assert.Equal(t, "[]", string(fuzztest.With([]byte("[]"), "a", "1")))
}
