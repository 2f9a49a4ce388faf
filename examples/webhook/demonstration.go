package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// demonstrate plays two persons and Veriff against the server, and then against
// the function, and fails when anything comes out otherwise than it says.
func demonstrate(ctx context.Context, out io.Writer) error {
	fake, err := verifftest.Start()
	if err != nil {
		return err
	}
	defer fake.Close()
	withoutTime := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	app, err := newApplication(fake.APIKey, fake.Secret, fake.URL, slog.New(slog.NewTextHandler(indented{out}, withoutTime)))
	if err != nil {
		return err
	}
	handler, err := app.handler()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- serve(ctx, listener, handler) }()
	if err := fake.DeliverToURL("http://" + listener.Addr().String() + webhookPath); err != nil {
		return err
	}
	d := &demonstration{fake: fake, app: app, out: out}
	d.play(ctx)
	stop()
	return errors.Join(append(d.failed, <-served)...)
}

type demonstration struct {
	fake   *verifftest.Server
	app    *application
	out    io.Writer
	failed []error
}

func (d *demonstration) play(ctx context.Context) {
	d.say("To the server:")
	alice := d.newPerson(ctx, "alice")
	d.must(d.fake.Submit(alice), d.fake.Approve(alice, verifftest.Person{FirstName: "Alice"}))
	approval := d.last()
	d.expect("an approval", http.StatusOK, d.statusOf(approval))
	d.expect("the same again", http.StatusOK, d.deliver(approval))
	d.expect("the same for another session, signature kept", http.StatusUnauthorized, d.deliver(approval.Tampered()))
	d.expect("the same, signed with another secret", http.StatusUnauthorized,
		d.deliver(approval.SignedWith(d.fake.APIKey, "another-secret", false)))
	d.admits("alice", true)

	d.must(d.fake.ForceDecision(alice, map[string]any{"status": "declined", "code": 9102, "reasonCode": 106}))
	d.expect("Veriff declines after all", http.StatusOK, d.statusOf(d.last()))
	d.expect("the old approval, genuine, is sent once more", http.StatusOK, d.deliver(approval))
	d.admits("alice", false)

	mallory, err := d.app.client.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: "alice"})
	if d.must(err); err != nil {
		return
	}
	d.must(d.fake.Submit(mallory.ID), d.fake.Approve(mallory.ID, verifftest.Person{FirstName: "Alice"}))
	d.expect("an approval of a session that is not ours", http.StatusOK, d.statusOf(d.last()))
	d.admits("alice", false)

	bob := d.newPerson(ctx, "bob")
	d.must(d.fake.Submit(bob), d.fake.Inject(verifftest.Status(http.StatusServiceUnavailable, 0).On(verifftest.DecisionRoute).Times(3)))
	d.must(d.fake.Approve(bob, verifftest.Person{FirstName: "Bob"}))
	d.expect("an approval while the API is down", http.StatusServiceUnavailable, d.statusOf(d.last()))
	d.admits("bob", false)
	d.expect("it is delivered again an hour later", http.StatusOK, d.deliver(d.last()))
	d.admits("bob", true)

	d.say("To the function:")
	d.fake.Hold() // webhooks do not go to the server any more
	carol := d.newPerson(ctx, "carol")
	d.must(d.fake.Submit(carol), d.fake.Approve(carol, verifftest.Person{FirstName: "Carol"}))
	approval = d.last()
	d.expect("an approval, altered", http.StatusUnauthorized, d.call(ctx, approval.Tampered(), false))
	d.expect("an approval", http.StatusOK, d.call(ctx, approval, false))
	d.expect("the same again, in base64", http.StatusOK, d.call(ctx, approval, true))
	d.admits("carol", true)
}

func (d *demonstration) newPerson(ctx context.Context, account string) (sessionID string) {
	_, err := d.app.start(ctx, account)
	d.must(err)
	all := d.fake.Sessions()
	return all[len(all)-1].ID
}

func (d *demonstration) last() verifftest.Webhook {
	all := d.fake.Webhooks()
	return all[len(all)-1]
}

// statusOf is how the server answered a webhook when it was produced.
func (d *demonstration) statusOf(w verifftest.Webhook) int {
	return w.Deliveries[len(w.Deliveries)-1].StatusCode
}

func (d *demonstration) deliver(w verifftest.Webhook) int {
	status, err := d.fake.Deliver(w)
	d.must(err)
	return status
}

// call does what the platform does.
func (d *demonstration) call(ctx context.Context, w verifftest.Webhook, inBase64 bool) int {
	req := request{Headers: map[string]string{}, Body: string(w.Body), IsBase64Encoded: inBase64}
	for name := range w.Header {
		req.Headers[strings.ToLower(name)] = w.Header.Get(name)
	}
	if inBase64 {
		req.Body = base64.StdEncoding.EncodeToString(w.Body)
	}
	answer, err := d.app.function(ctx, req)
	d.must(err)
	return answer.StatusCode
}

func (d *demonstration) say(format string, args ...any) {
	_, _ = fmt.Fprintf(d.out, format+"\n", args...)
}

func (d *demonstration) expect(what string, status, got int) {
	d.say("  %-48s %d", what, got)
	if got != status {
		d.must(fmt.Errorf("%s: %d, not %d", what, got, status))
	}
}

func (d *demonstration) admits(account string, want bool) {
	got := d.app.admitted(account)
	d.say("  %-48s %t", "is "+account+" admitted?", got)
	if got != want {
		d.must(fmt.Errorf("%s: admitted %t, not %t", account, got, want))
	}
}

func (d *demonstration) must(errs ...error) {
	if err := errors.Join(errs...); err != nil {
		d.failed = append(d.failed, err)
	}
}

// indented is a log between other lines.
type indented struct{ out io.Writer }

func (w indented) Write(p []byte) (int, error) {
	_, err := fmt.Fprintf(w.out, "    | %s", p)
	return len(p), err
}
