package fake_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/fake"
)

func TestQueue(t *testing.T) {
	named := func(status int) fake.Fault { return fake.HTML(status) }
	take := func(q *fake.Queue, route string) int {
		f := q.Take(route)
		if f.Instead == nil {
			return 0
		}
		return f.Instead().Status
	}
	var q fake.Queue
	assert.Zero(t, take(&q, "a"))

	q.Add(named(501), "b", 1)
	q.Add(named(502), "", 2)
	q.Add(named(503), "a", 1)
	q.Add(named(504), "", 0)
	assert.Equal(t, 502, take(&q, "a"), "what is meant for another route is passed over")
	assert.Equal(t, 501, take(&q, "b"), "the first that fits comes first")
	assert.Equal(t, 502, take(&q, "b"), "as often as asked for")
	assert.Zero(t, take(&q, "b"), "and no more; never, if asked for no time")
	assert.Equal(t, 503, take(&q, "a"))

	q.Add(named(501), "", 9)
	q.Clear()
	assert.Zero(t, take(&q, "a"))
}
