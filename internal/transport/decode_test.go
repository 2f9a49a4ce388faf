package transport_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/transport"
)

type decision struct {
	Status string `json:"status"`
	Code   int    `json:"code"`
	Person struct {
		Name string    `json:"name"`
		Seen time.Time `json:"seen"`
		Kin  []string  `json:"kin"`
	} `json:"person"`
	Flags map[string]int8 `json:"flags"`
}

func TestDecode(t *testing.T) {
	got := decision{Status: "left over", Code: 7}
	require.NoError(t, transport.Decode([]byte(" {\"status\":\"approved\",\"unknown\":[{\"a\":1},{\"a\":2}],\"person\":{\"name\":\"Mirae\"}}\r\n"), &got))
	want := decision{Status: "approved"}
	want.Person.Name = "Mirae"
	assert.Equal(t, want, got, "nothing is left of what was there")
}

func TestDecodeAcceptsKeysThatDiffer(t *testing.T) {
	for name, doc := range map[string]string{
		"null":                       `null`,
		"scalar":                     `"{\"a\":1,\"a\":2}"`,
		"array of twins in value":    `["a","a","a"]`,
		"same key in sibling":        `[{"a":1},{"a":1}]`,
		"same key in child":          `{"a":{"a":{"a":1}}}`,
		"keys of one hash":           `{"K47199":1,"K1168204":2}`,
		"same key after child":       `{"b":{"a":1},"a":2}`,
		"key that is a value":        `{"a":"b","b":"a"}`,
		"delimiters":                 `{"a_b":1,"ab":2,"a-b":3}`,
		"empty key and others":       `{"":1,"a":2}`,
		"quote in key":               `{"a\"":1,"a":2}`,
		"backslash in key":           `{"a\\":1,"a":2}`,
		"brackets in strings":        `{"a":"}{][,\"","b":"\\","c":"{"}`,
		"sharp s, which has no twin": `{"stra\u00dfe":1,"strasse":2}`,
		"dotless i":                  `{"\u0131":1,"i":2}`,
		"final and large keys":       object(80, func(i int) string { return "key" + strconv.Itoa(i) }),
	} {
		t.Run(name, func(t *testing.T) {
			var v any
			assert.NoError(t, transport.Decode([]byte(doc), &v))
		})
	}
}

// object has n members.
func object(n int, key func(int) string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%d", key(i), i)
	}
	b.WriteByte('}')
	return b.String()
}

func TestDecodeRefuses(t *testing.T) {
	const twins = "malformed JSON: two keys of one object are the same, the second at offset "
	many := func(last string) string {
		return object(80, func(i int) string {
			if i == 79 {
				return last
			}
			return "key" + strconv.Itoa(i)
		})
	}
	for name, tc := range map[string]struct{ doc, want string }{
		"empty":                {"", "malformed JSON: empty"},
		"blank":                {" \r\n\t", "malformed JSON: empty"},
		"HTML":                 {"<html>secret</html>", "malformed JSON: syntax error"},
		"cut off":              {`{"status":"appro`, "malformed JSON: syntax error"},
		"cut off after member": {`{"status":"approved"`, "malformed JSON: syntax error"},
		"garbage after":        {`{"status":"approved"}x`, "malformed JSON: syntax error"},
		"two values":           {`{"status":"approved"}{"status":"declined"}`, "malformed JSON: syntax error"},
		"byte order mark":      {"\ufeff{}", "malformed JSON: syntax error"},
		"bytes in a value":     {"{\"status\":\"\xff\"}", "malformed JSON: not UTF-8"},
		"bytes in a key":       {"{\"status\xff\":1}", "malformed JSON: not UTF-8"},
		"surrogate in UTF-8":   {"{\"status\":\"\xed\xa0\x80\"}", "malformed JSON: not UTF-8"},
		"too deep":             {strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "malformed JSON: "},

		"number for a string":   {`{"status":73110}`, "malformed JSON: number does not fit "},
		"string for a number":   {`{"code":"secret"}`, "malformed JSON: string does not fit "},
		"number out of range":   {`{"code":73110731107311073110}`, "malformed JSON: number does not fit "},
		"fraction":              {`{"code":73110.5}`, "malformed JSON: number does not fit "},
		"object for a string":   {`{"status":{"secret":1}}`, "malformed JSON: object does not fit "},
		"array for an object":   {`{"person":["secret"]}`, "malformed JSON: array does not fit an object"},
		"array for a map":       {`{"flags":["secret"]}`, "malformed JSON: array does not fit map[string]int8"},
		"array for a document":  {`["secret"]`, "malformed JSON: array does not fit transport_test.decision"},
		"bool for a string":     {`{"person":{"name":true}}`, "malformed JSON: bool does not fit "},
		"own type's refusal":    {`{"person":{"seen":"secret"}}`, "malformed JSON: "},
		"value under a map key": {`{"flags":{"secret":"secret"}}`, "malformed JSON: string does not fit "},
		"overflow under a key":  {`{"flags":{"secret":73110}}`, "malformed JSON: number does not fit "},

		"twin":                   {`{"status":"declined","status":"approved"}`, twins + "21"},
		"twin in case":           {`{"status":"declined","Status":"approved"}`, twins + "21"},
		"twin by escape":         {`{"status":"declined","st\u0061tus":"approved"}`, twins + "21"},
		"twin by escape first":   {`{"st\u0061tus":"declined","status":"approved"}`, twins + "26"},
		"twin by escape in case": {`{"status":"declined","st\u0041tus":"approved"}`, twins + "21"},
		"twin by long s":         {"{\"status\":\"declined\",\"\u017ftatus\":\"approved\"}", twins + "21"},
		"twin by escaped long s": {`{"status":"declined","\u017ftatus":"approved"}`, twins + "21"},
		"twin by kelvin sign":    {"{\"key\":1,\"\u212aey\":2}", twins + "9"},
		"twin in Greek":          {"{\"\u03a3\":1,\"\u03c2\":2}", twins + "8"},
		"twin in Cyrillic":       {"{\"\u0434\":1,\"\u0414\":2}", twins + "8"},
		"twin by lone surrogate": {`{"\ud800":1,"\udfff":2}`, twins + "12"},
		"twin by replacement":    {"{\"\\ud800\":1,\"\ufffd\":2}", twins + "12"},
		"empty twins":            {`{"":1,"":2}`, twins + "6"},
		"twins at a and z":       {`{"a":0,"az":1,"AZ":2}`, twins + "14"},
		"twins with quotes":      {`{"\"":1,"\u0022":2}`, twins + "8"},
		"twin after others":      {`{"a":1,"b":[],"c":{},"A":2}`, twins + "21"},
		"twin in unknown field":  {`{"status":"approved","x":{"y":[0,{"z":1,"z":2}]}}`, twins + "40"},
		"twin in array":          {`[{"a":1},{"a":1,"a":2}]`, twins + "16"},
		"twin around child":      {`{"a":{"b":1},"A":{"b":2}}`, twins + "13"},
		"twin among many":        {many("key3"), twins},
		"twin of many in case":   {many("KEY20"), twins},
		"twin of many by sign":   {many("\u212aey78"), twins},
		"65th key":               {object(65, func(i int) string { return "k" + strconv.Itoa(i%64) }), twins},
		"64th key":               {object(64, func(i int) string { return "k" + strconv.Itoa(i%63) }), twins},
		"spaces and twins":       {"{ \"a\" : 1 ,\n\t\"A\" : 2 }", twins + "13"},
	} {
		t.Run(name, func(t *testing.T) {
			targets := []any{&decision{Status: "before"}}
			if strings.HasPrefix(tc.want, twins) {
				var anything any = "before"
				targets = []any{&anything}
			}
			for _, v := range targets {
				err := transport.Decode([]byte(tc.doc), v)
				require.ErrorIs(t, err, transport.ErrMalformed)
				assert.Contains(t, err.Error(), tc.want)
				if strings.HasPrefix(tc.want, twins) && tc.want != twins {
					assert.EqualError(t, err, tc.want)
				}
				for _, content := range []string{"secret", "73110", "approved", "declined", "<", "person", "flags"} {
					assert.NotContains(t, err.Error(), content)
				}
				switch v := v.(type) {
				case *decision:
					assert.Equal(t, decision{Status: "before"}, *v, "nothing half decoded")
				case *any:
					assert.Equal(t, "before", *v, "nothing half decoded")
				}
			}
		})
	}
}

func TestDecodeTwinsNeverReachTheStruct(t *testing.T) {
	for _, doc := range []string{`{"status":"declined","STATUS":"approved"}`, "{\"status\":\"declined\",\"statu\u017f\":\"approved\"}"} {
		var plain decision
		require.NoError(t, json.Unmarshal([]byte(doc), &plain))
		require.Equal(t, "approved", plain.Status, "what encoding/json makes of it")
		var got decision
		require.ErrorIs(t, transport.Decode([]byte(doc), &got), transport.ErrMalformed)
		assert.Empty(t, got.Status)
	}
}

type names struct {
	Status  string `json:"status"`
	Name    string // no tag
	Skipped string `json:"-"`
	Inner   struct {
		Code int `json:"code"`
	} `json:"inner"`
	List []*struct {
		Code int `json:"code"`
	} `json:"list"`
	Map map[string]struct {
		Code int `json:"code"`
	} `json:"map"`
	Raw json.RawMessage `json:"raw"`
	Own opaque          `json:"own"`
	Any any             `json:"any"`
	*Shared
}

type Shared struct {
	Kelvin string `json:"key"`
	Hidden string `json:"status"`
}

type opaque struct{ Code int }

func (o *opaque) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &o.Code) }

// Another name is no name of the field, wherever it stands and however it is
// written, and does not even have to fit.
func TestDecodeTakesTaggedFieldsByTheirNames(t *testing.T) {
	for name, tc := range map[string]struct{ doc, same string }{
		"capitals":              {`{"STATUS":"approved","x":1}`, `{}`},
		"one capital":           {`{"Status":"approved"}`, `{}`},
		"long s":                {"{\"\u017ftatus\":\"approved\"}", `{}`},
		"escaped long s":        {`{"\u017ftatus":"approved"}`, `{}`},
		"escaped capital":       {`{"\u0053tatus":"approved"}`, `{}`},
		"escaped itself":        {`{"\u0073tatus":"approved"}`, `{"status":"approved"}`},
		"one that does not fit": {`{"STATUS":5,"Inner":[]}`, `{}`},
		"in an object":          {`{"inner":{"Code":1}}`, `{"inner":{}}`},
		"in an array":           {`{"list":[{"code":1},{"CODE":2},null]}`, `{"list":[{"code":1},{},null]}`},
		"in a map":              {`{"map":{"Code":{"Code":1},"x":{"code":2}}}`, `{"map":{"Code":{},"x":{"code":2}}}`},
		"of what is embedded":   {"{\"\u212aey\":\"x\",\"KEY2\":1}", `{}`},
		"embedded itself":       {`{"key":"x"}`, `{"key":"x"}`},
		"around what fits":      {`{"INNER":{"code":1},"inner2":{"code":1}}`, `{}`},
		"without a tag":         {`{"name":"x"}`, `{"Name":"x"}`},
		"skipped":               {`{"Skipped":"x","skipped2":1}`, `{}`},
		"left as it is":         {`{"raw":{"STATUS":1},"any":{"STATUS":1},"own":7}`, `{"any":{"STATUS":1},"raw":{"STATUS":1},"own":7}`},
		"beside a raw one":      {`{"STATUS":"x","raw":{"STATUS":1}}`, `{"raw":{"STATUS":1}}`},
	} {
		t.Run(name, func(t *testing.T) {
			var got, want names
			require.NoError(t, transport.Decode([]byte(tc.doc), &got))
			require.NoError(t, json.Unmarshal([]byte(tc.same), &want))
			assert.Equal(t, want, got)
		})
	}
}

type (
	First  struct{ *Second }
	Second struct {
		*First
		Status string `json:"status"`
	}
	inner struct {
		Code int `json:"code"`
	}
	tagged struct {
		inner `json:"inner"`
	}
	shallow struct {
		Deep
		Code
	}
	Deep    struct{ Deepest }
	Deepest struct {
		Code map[string]int `json:"code"`
	}
	Code struct {
		Code struct {
			Number int `json:"number"`
		} `json:"code"`
	}
)

// What a program embeds in a type that it decodes into is taken as encoding/json
// takes it.
func TestDecodeIntoWhatIsEmbedded(t *testing.T) {
	for name, tc := range map[string]struct {
		doc, same string
		typ       any
	}{
		"itself":                      {`{"STATUS":"approved"}`, `{}`, First{}},
		"by a name":                   {`{"INNER":{"code":1}}`, `{}`, tagged{}},
		"by a name, a field":          {`{"inner":{"CODE":1}}`, `{}`, tagged{}},
		"one that a shallower hides":  {`{"code":{"NUMBER":1}}`, `{}`, shallow{}},
		"one that hides a deeper one": {`{"code":{"number":1}}`, `{"code":{"number":1}}`, shallow{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, want := reflect.New(reflect.TypeOf(tc.typ)), reflect.New(reflect.TypeOf(tc.typ))
			require.NoError(t, transport.Decode([]byte(tc.doc), got.Interface()))
			require.NoError(t, json.Unmarshal([]byte(tc.same), want.Interface()))
			assert.Equal(t, want.Interface(), got.Interface())
		})
	}
}

// A Decoder that has seen a type says what one says that has not.
func TestDecoderRemembersOnlyTypes(t *testing.T) {
	var d transport.Decoder
	for range 3 {
		var got names
		require.NoError(t, d.Decode([]byte(`{"STATUS":"x","inner":{"code":1},"list":[{"CODE":2}]}`), &got))
		assert.Equal(t, 1, got.Inner.Code)
		assert.Empty(t, got.Status)
		var other decision
		require.NoError(t, d.Decode([]byte(`{"status":"x","CODE":1}`), &other))
		assert.Equal(t, decision{Status: "x"}, other)
		require.ErrorIs(t, d.Decode([]byte(`{"status":"x","STATUS":1}`), &other), transport.ErrMalformed)
	}
}

func TestDecodeTarget(t *testing.T) {
	for name, v := range map[string]any{"nil": nil, "value": decision{}, "nil pointer": (*decision)(nil)} {
		t.Run(name, func(t *testing.T) {
			err := transport.Decode([]byte(`{}`), v)
			require.EqualError(t, err, "decode target is not a pointer")
			assert.False(t, errors.Is(err, transport.ErrMalformed), "the document is not to blame")
		})
	}
}

// A quadratic scan of these would take minutes.
func TestDecodeIsLinear(t *testing.T) {
	for name, doc := range map[string]string{
		"many keys":   object(200_000, func(i int) string { return "k" + strconv.Itoa(i) }),
		"backslashes": `["` + strings.Repeat(`\\`, 1<<18) + `"]`,
		"quotes":      `["` + strings.Repeat(`\"`, 1<<18) + `"]`,
		"deep":        strings.Repeat(`{"a":`, 9_000) + "0" + strings.Repeat("}", 9_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			var v json.RawMessage
			require.NoError(t, transport.Decode([]byte(doc), &v))
			assert.Less(t, time.Since(start), 20*time.Second)
		})
	}
}

// The scan works on the stack for a document of usual size.
func TestDecodeAllocatesLittleMoreThanUnmarshal(t *testing.T) {
	doc, decoder := document(), new(transport.Decoder)
	allocates := func(decode func([]byte, any) error) float64 {
		return testing.AllocsPerRun(50, func() {
			var v documentShape
			require.NoError(t, decode(doc, &v))
		})
	}
	assert.LessOrEqual(t, allocates(decoder.Decode)-allocates(json.Unmarshal), 2.0)
}

// walk looks for twins in its own way: through encoding/json's tokens, each
// key against each earlier one under strings.EqualFold.
func walk(tb testing.TB, dec *json.Decoder) (twins bool) {
	token, err := dec.Token()
	require.NoError(tb, err)
	switch token {
	case json.Delim('{'):
		var keys []string
		for dec.More() {
			token, err := dec.Token()
			require.NoError(tb, err)
			for _, k := range keys {
				twins = twins || strings.EqualFold(k, token.(string))
			}
			keys = append(keys, token.(string))
			twins = walk(tb, dec) || twins
		}
		_, err = dec.Token()
		require.NoError(tb, err)
	case json.Delim('['):
		for dec.More() {
			twins = walk(tb, dec) || twins
		}
		_, err = dec.Token()
		require.NoError(tb, err)
	}
	return twins
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"status":"approved","code":9001}`, `{"a":1,"A":2}`, `{"k":1,"\u212a":2}`, `{"s":1,"\u017f":2}`, `[{"a":{}},{"a":[]}]`,
		`{"\ud800":1,"\udfff":2}`, `{"\ud83d\ude00":1,"😀":2}`, `"x"`, `null`, ` 1 `, `{"a":1}x`, "{\"\xff\":1}", `{"a\"b":"\\","c":"}"}`, ``,
		object(80, strconv.Itoa), object(80, func(i int) string { return strconv.Itoa(i % 78) }), `1e999`, `{"a":1,"a\u0000":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		var got, want any
		err := transport.Decode(data, &got)
		plain := json.Unmarshal(data, &want)
		require.Equal(t, before, data)
		good := plain == nil && utf8.Valid(data)
		if good {
			good = !walk(t, json.NewDecoder(bytes.NewReader(data)))
		}
		if !good {
			require.ErrorIs(t, err, transport.ErrMalformed)
			require.Nil(t, got)
			return
		}
		require.NoError(t, err)
		require.Equal(t, want, got)
		for _, twins := range []string{`{"key":%s,"\u212aEY":1}`, `[{"a":0},{"b":%s,"c":{"\u0073":1,"S":2}}]`, `{"x":1,"y":%s,"X":2}`} {
			require.ErrorIs(t, transport.Decode(fmt.Appendf(nil, twins, data), &got), transport.ErrMalformed)
		}
	})
}

// document is a decision of 3 KB, of the depth and the number of keys that
// vendors send.
func document() []byte {
	var b strings.Builder
	b.WriteString(`{"status":"success","verification":{"id":"f04bdb47-d3be-4b28-b028-a652feb060b5","status":"approved","code":9001,"items":[`)
	for i := range 14 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"a%035d","label":"firstName","value":"Mirae Hong","confidence":0.%02d,"image":{"name":"document-front","timestamp":null,"size":%d},"sources":["VIZ","MRZ"]}`, i, i, i*1000)
	}
	b.WriteString(`]},"technicalData":{"ip":"192.0.2.1"}}`)
	return []byte(b.String())
}

type documentShape struct {
	Status       string `json:"status"`
	Verification struct {
		ID     string `json:"id"`
		Status string `json:"status"`
		Code   int    `json:"code"`
		Items  []struct {
			ID         string  `json:"id"`
			Label      string  `json:"label"`
			Value      string  `json:"value"`
			Confidence float64 `json:"confidence"`
			Image      struct {
				Name      string `json:"name"`
				Timestamp string `json:"timestamp"`
				Size      int    `json:"size"`
			} `json:"image"`
			Sources []string `json:"sources"`
		} `json:"items"`
	} `json:"verification"`
	TechnicalData struct {
		IP string `json:"ip"`
	} `json:"technicalData"`
}

func BenchmarkDecode(b *testing.B) {
	doc := document()
	for name, decode := range map[string]func([]byte, any) error{
		"Decode": transport.Decode, "Decoder.Decode": new(transport.Decoder).Decode, "json.Unmarshal": json.Unmarshal,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				var v documentShape
				if err := decode(doc, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
