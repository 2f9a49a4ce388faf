package fake_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// serve carries an exchange through f, and notes which steps were taken.
func serve(f fake.Fault) (recorder *httptest.ResponseRecorder, steps []string, err error) {
	recorder = httptest.NewRecorder()
	err = f.Serve(recorder, httptest.NewRequest("GET", "/", nil),
		func() *fake.Answer {
			steps = append(steps, "process")
			return fake.NewAnswer(http.StatusCreated, "application/json", []byte(`{"a":1}`))
		},
		func(a *fake.Answer) {
			steps = append(steps, "sign")
			a.Header.Set("Signature", string(a.Body))
		})
	return recorder, steps, err
}

func TestNoFault(t *testing.T) {
	w, steps, err := serve(fake.Fault{})
	require.NoError(t, err)
	assert.Equal(t, []string{"process", "sign"}, steps)
	assert.Equal(t, http.StatusCreated, w.Code)
	assert.Equal(t, `{"a":1}`, w.Body.String())
	assert.Equal(t, http.Header{"Content-Type": {"application/json"}, "Content-Length": {"7"}, "Signature": {`{"a":1}`}}, w.Header())
}

func TestStepsComeInOrder(t *testing.T) {
	w, steps, err := serve(fake.Fault{
		Wait:    func(context.Context) error { return nil },
		Rewrite: func(a *fake.Answer) error { a.Body = append(a.Body, '1'); return nil },
		Tamper:  func(a *fake.Answer) { a.Body = append(a.Body, '2') },
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"process", "sign"}, steps)
	assert.Equal(t, `{"a":1}12`, w.Body.String())
	assert.Equal(t, `{"a":1}1`, w.Header().Get("Signature"))
}

func TestFaultsThatAnswerInstead(t *testing.T) {
	for name, c := range map[string]struct {
		fault fake.Fault
		want  int
		name  string
		value string
	}{
		"status":                      {fake.Status(503, 0, []byte("{}")), 503, "Retry-After", ""},
		"status with Retry-After":     {fake.Status(429, 2*time.Second, []byte("{}")), 429, "Retry-After", "2"},
		"Retry-After is rounded up":   {fake.Status(429, 1500*time.Millisecond, []byte("{}")), 429, "Retry-After", "2"},
		"a short Retry-After is kept": {fake.Status(429, time.Millisecond, []byte("{}")), 429, "Retry-After", "1"},
		"HTML":                        {fake.HTML(502), 502, "Content-Type", "text/html; charset=utf-8"},
		"redirect":                    {fake.Redirect("https://b.invalid/"), 307, "Location", "https://b.invalid/"},
	} {
		t.Run(name, func(t *testing.T) {
			w, steps, err := serve(c.fault)
			require.NoError(t, err)
			assert.Empty(t, steps, "nothing is processed or signed")
			assert.Equal(t, c.want, w.Code)
			assert.Equal(t, c.value, w.Header().Get(c.name))
		})
	}
}

func TestFaultsThatBreakOff(t *testing.T) {
	for name, c := range map[string]struct {
		fault fake.Fault
		steps []string
		body  string
	}{
		"reset before": {fake.ResetBefore(), nil, ""},
		"reset after":  {fake.ResetAfter(), []string{"process", "sign"}, ""},
		"truncate":     {fake.Truncate(), []string{"process", "sign"}, `{"a`},
	} {
		t.Run(name, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			var steps []string
			assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
				_ = c.fault.Serve(recorder, httptest.NewRequest("GET", "/", nil),
					func() *fake.Answer {
						steps = append(steps, "process")
						return fake.NewAnswer(http.StatusCreated, "application/json", []byte(`{"a":1}`))
					},
					func(*fake.Answer) { steps = append(steps, "sign") })
			})
			assert.Equal(t, c.steps, steps)
			assert.Equal(t, c.body, recorder.Body.String())
		})
	}
}

func TestReleasedStall(t *testing.T) {
	release := make(chan struct{})
	close(release)
	for name, f := range map[string]fake.Fault{"before": fake.Stall(release), "within": fake.StallBody(release)} {
		t.Run(name, func(t *testing.T) {
			w, steps, err := serve(f)
			require.NoError(t, err)
			assert.Equal(t, []string{"process", "sign"}, steps)
			assert.Equal(t, `{"a":1}`, w.Body.String())
		})
	}
}

func TestOversize(t *testing.T) {
	w, steps, err := serve(fake.Oversize(10))
	require.NoError(t, err)
	assert.Equal(t, []string{"process", "sign"}, steps)
	assert.Equal(t, `{"padding":"xxxxxxxxxx","a":1}`, w.Body.String())
	assert.Equal(t, w.Body.String(), w.Header().Get("Signature"), "signed as it is sent")
}

func TestOversizeOfWhatIsNoJSON(t *testing.T) {
	body := append(make([]byte, 0, 64), "ab"...)
	a := fake.NewAnswer(http.StatusOK, "image/png", body)
	require.NoError(t, fake.Oversize(3).Rewrite(a))
	assert.Equal(t, "abxxx", string(a.Body))
	assert.Zero(t, body[:3][2], "the file itself is not touched")
}

func TestChunkedAnswer(t *testing.T) {
	a := fake.NewAnswer(http.StatusOK, "image/png", []byte("ab"))
	a.Chunked = true
	w := httptest.NewRecorder()
	a.Write(w)
	assert.Equal(t, "ab", w.Body.String())
	assert.True(t, w.Flushed)
	assert.Empty(t, w.Header().Values("Content-Length"))
}

func TestTrickle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		w, _, err := serve(fake.Trickle(3, time.Second))
		require.NoError(t, err)
		assert.Equal(t, `{"a":1}`, w.Body.String())
		assert.Equal(t, 3*time.Second, time.Since(begin), "a pause before each of three pieces")

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
		assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
			fake.Trickle(3, time.Second).Send(httptest.NewRecorder(), r, fake.NewAnswer(http.StatusOK, "image/png", []byte("ab")))
		})
		assert.Equal(t, 3*time.Second, time.Since(begin), "nobody waits")
	})
}

// A hungUp caller takes no more than it wants.
type hungUp struct {
	http.ResponseWriter

	left int
}

func (w *hungUp) Write(p []byte) (int, error) {
	if w.left < len(p) {
		return 0, io.ErrClosedPipe
	}
	w.left -= len(p)
	return w.ResponseWriter.Write(p)
}

func TestEndless(t *testing.T) {
	body := append(make([]byte, 0, 64), "ab"...)
	recorder := httptest.NewRecorder()
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
		fake.Endless().Send(&hungUp{recorder, 8}, httptest.NewRequest("GET", "/", nil), fake.NewAnswer(http.StatusOK, "image/png", body))
	})
	assert.Equal(t, "ab\nab\n", recorder.Body.String())
	assert.Zero(t, body[:3][2], "the file itself is not touched")
}

func TestRewriteThatDoesNotFit(t *testing.T) {
	want := errors.New("does not fit")
	w, steps, err := serve(fake.Fault{Rewrite: func(*fake.Answer) error { return want }})
	require.ErrorIs(t, err, want)
	assert.Equal(t, []string{"process"}, steps)
	assert.Equal(t, http.StatusInternalServerError, w.Code)

	a := fake.NewAnswer(http.StatusOK, "application/json", []byte("[1]"))
	require.Error(t, fake.Oversize(1).Rewrite(a))
}

func TestFaultsThatCanNeverHappen(t *testing.T) {
	for name, c := range map[string]struct {
		fault fake.Fault
		want  string // empty for one that can
	}{
		"least refusal":         {fake.Status(400, 0, nil), ""},
		"greatest refusal":      {fake.Status(599, 0, nil), ""},
		"no refusal":            {fake.Status(399, 0, nil), "Status: not the status of a refusal"},
		"no status to refuse":   {fake.Status(600, 0, nil), "Status: not the status of a refusal"},
		"least page":            {fake.HTML(200), ""},
		"greatest page":         {fake.HTML(599), ""},
		"page before an answer": {fake.HTML(199), "HTML: not the status of an answer"},
		"page of no status":     {fake.HTML(600), "HTML: not the status of an answer"},
		"a byte more":           {fake.Oversize(1), ""},
		"nothing more":          {fake.Oversize(0), "Oversize: the size must be positive"},
		"a byte at a time":      {fake.Trickle(1, 1), ""},
		"nothing at a time":     {fake.Trickle(0, 1), "Trickle: the size and the pause must be positive"},
		"no pause":              {fake.Trickle(1, 0), "Trickle: the size and the pause must be positive"},
		"less than nothing":     {fake.Oversize(-1), "Oversize: the size must be positive"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want == "" {
				assert.NoError(t, c.fault.Invalid)
				return
			}
			assert.EqualError(t, c.fault.Invalid, c.want)
		})
	}
}
