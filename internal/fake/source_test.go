package fake_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// draw takes one of each from a source.
func draw(s fake.Source) [4]string {
	return [4]string{s.Text(), s.Digits(12), s.UUID(), string(s.Bytes(32))}
}

func TestSource(t *testing.T) {
	for name, make := range map[string]func() fake.Source{
		"random": fake.Random,
		"named":  func() fake.Source { return fake.Named("a") },
	} {
		t.Run(name, func(t *testing.T) {
			s := make()
			first, second := draw(s), draw(s)
			assert.Regexp(t, `^[A-Z2-7]{26}$`, first[0])
			assert.Regexp(t, `^[0-9]{12}$`, first[1])
			assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, first[2])
			assert.Len(t, first[3], 32)
			for i := range first {
				assert.NotEqual(t, first[i], second[i], "nothing comes twice")
			}
		})
	}
}

func TestNamedSourceRepeatsItself(t *testing.T) {
	assert.Equal(t, draw(fake.Named("a")), draw(fake.Named("a")))
	assert.NotEqual(t, draw(fake.Named("a")), draw(fake.Named("b")))
	assert.NotEqual(t, draw(fake.Random()), draw(fake.Random()))
	// Programs outside of this module keep what they were told once.
	assert.Equal(t, "bd6a85e4-0a39-4755-8428-889852890d5b", fake.Named("a").UUID())
}
