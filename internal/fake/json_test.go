package fake_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fake"
)

func TestEncodeJSON(t *testing.T) {
	assert.Equal(t, `{"a":"<&>","b":[1,null]}`, string(fake.EncodeJSON(map[string]any{"b": []any{1, nil}, "a": "<&>"})))
	assert.Panics(t, func() { fake.EncodeJSON(make(chan int)) })
}

func TestDecodeJSON(t *testing.T) {
	v, err := fake.DecodeJSON([]byte(` {"a":[10000000000000000001,"b"]} `))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"a": []any{json.Number("10000000000000000001"), "b"}}, v)

	for name, text := range map[string]string{
		"nothing":   "",
		"no JSON":   "{a}",
		"a half":    `{"a":`,
		"two texts": `{} {}`,
		"a tail":    `{}}`,
		"no UTF-8":  "{\"a\":\"\xff\"}",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fake.DecodeJSON([]byte(text))
			assert.Error(t, err)
		})
	}
}

func TestPlainFields(t *testing.T) {
	list := []any{"a"}
	plain, err := fake.PlainFields(map[string]any{"list": list, "nested": struct{ A int }{1}})
	require.NoError(t, err)
	list[0] = "b"
	assert.Equal(t, map[string]any{"list": []any{"a"}, "nested": map[string]any{"A": json.Number("1")}}, plain)

	plain, err = fake.PlainFields(nil)
	require.NoError(t, err)
	assert.Empty(t, plain)

	_, err = fake.PlainFields(map[string]any{"a": func() {}})
	assert.ErrorContains(t, err, "the fields have no JSON form")
}

func TestMerge(t *testing.T) {
	inner := map[string]any{"a": 1, "b": 2}
	object := map[string]any{"inner": inner, "kept": true, "text": "t"}
	fake.Merge(object, map[string]any{"inner": map[string]any{"b": 3}, "text": map[string]any{"c": 4}, "new": nil})
	assert.Equal(t, map[string]any{
		"inner": map[string]any{"a": 1, "b": 3},
		"kept":  true,
		"text":  map[string]any{"c": 4},
		"new":   nil,
	}, object)
	assert.Equal(t, map[string]any{"a": 1, "b": 2}, inner, "who else has it sees no change")
}
