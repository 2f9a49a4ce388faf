package iamport

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

const defaultScriptURL = "https://cdn.iamport.kr/v1/iamport.js"

// A Launch is a page's call of IMP.init and IMP.certification, which opens the
// gateway's window. On a PC that is a popup, on a mobile device the page itself
// goes there and comes back, unless Params.Popup is set. Everything in it can be
// read and changed by the person: what must hold belongs into an [Expectation].
//
// Source: documents 000 and 001.
type Launch struct {
	// UserCode is the merchant's code for IMP.init, such as "imp00000000".
	// Required.
	UserCode string
	// Tier is the code of an agent's sub-merchant, three letters and digits;
	// with it IMP.agency is called instead. See Client.ForTier.
	Tier string
	// Params is for IMP.certification.
	Params LaunchParams
	// ResultURL is where the page posts what a popup's callback got, as JSON
	// that ParseReturn reads, whatever the outcome: an https URL, or a path of
	// the page's own host. Without it the page goes to Params.RedirectURL with
	// the same in the query, as after a redirect, so that one route is enough.
	ResultURL string
	// ScriptURL is where iamport.js is loaded from, Iamport's CDN unless set.
	ScriptURL string
	// ButtonText is what the person clicks, "본인인증" unless set.
	ButtonText string
}

// LaunchParams is the first argument of IMP.certification.
type LaunchParams struct {
	// MerchantUID is the application's own id for this attempt, which comes back
	// in the Certification: unguessable, fresh, and stored before the page is
	// sent. Required.
	MerchantUID string `json:"merchant_uid"`
	// ChannelKey names the channel. Without it, and without PG, it is the
	// merchant's default one.
	ChannelKey string `json:"channelKey,omitzero"`
	// PG is "danal", "danal." and a CPID, "inicis_unified", "inicis_unified."
	// and a MID, or "inicis". Deprecated for ChannelKey.
	PG string `json:"pg,omitzero"`
	// MinAge is a minimum age in full years that Danal's window asks for. It
	// protects nothing, since the page can be edited: set
	// Expectation.MinimumAge.
	MinAge int `json:"min_age,omitzero"`
	// Name, Phone and Carrier fill in Danal's form. The person can be another.
	Name    string        `json:"name,omitzero"`
	Phone   string        `json:"phone,omitzero"`
	Carrier WindowCarrier `json:"carrier,omitzero"`
	// Company is the service's name, for the window.
	Company string `json:"company,omitzero"`
	// RedirectURL is where the browser comes back to with imp_uid,
	// merchant_uid and success in the query. Required unless Popup is set.
	RedirectURL string `json:"m_redirect_url,omitzero"`
	// Popup opens a popup on mobile devices too, which web views block.
	Popup bool `json:"popup"`
}

var userCode = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Validate names the first field that is missing or wrong.
func (l *Launch) Validate() error {
	if l == nil {
		return errors.New("launch is nil")
	}
	if !userCode.MatchString(l.UserCode) {
		return errors.New("UserCode is not a merchant's code, such as imp00000000")
	}
	if l.Tier != "" {
		if err := checkTier("Tier", l.Tier); err != nil {
			return err
		}
	}
	if err := l.Params.Validate(); err != nil {
		return fmt.Errorf("Params.%w", err)
	}
	if l.ResultURL == "" && l.Params.RedirectURL == "" {
		return errors.New("ResultURL is empty, and so is Params.RedirectURL")
	}
	if l.ResultURL != "" && !ownPath(l.ResultURL) {
		if err := checkURL("ResultURL", l.ResultURL); err != nil {
			return err
		}
	}
	if l.ScriptURL != "" {
		if err := checkURL("ScriptURL", l.ScriptURL); err != nil {
			return err
		}
	}
	return checkText("ButtonText", l.ButtonText)
}

// Validate names the first field that is missing or wrong.
func (p *LaunchParams) Validate() error {
	if p == nil {
		return errors.New("LaunchParams is nil")
	}
	for _, field := range []struct{ name, text string }{
		{"MerchantUID", p.MerchantUID}, {"ChannelKey", p.ChannelKey}, {"PG", p.PG}, {"Name", p.Name}, {"Phone", p.Phone}, {"Company", p.Company},
	} {
		if err := checkText(field.name, field.text); err != nil {
			return err
		}
	}
	switch {
	case strings.TrimSpace(p.MerchantUID) == "":
		return errors.New("MerchantUID is empty")
	case p.MinAge < 0 || p.MinAge > maxAge:
		return fmt.Errorf("MinAge is not within 0 and %d", maxAge)
	case p.Carrier != "" && !p.Carrier.Known():
		return errors.New("Carrier is not SKT, KTF (for KT), LGT or MVNO")
	case p.RedirectURL != "":
		return checkURL("RedirectURL", p.RedirectURL)
	case !p.Popup:
		return errors.New("RedirectURL is empty, and Popup is not set")
	}
	return nil
}

// ownPath tells whether text is a path of the page's own host, which a browser
// would not take for another host.
func ownPath(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(text, "/") &&
		!strings.HasPrefix(text, "//") && !strings.ContainsAny(text, "\\#") && checkText("", text) == nil
}

// checkURL takes https, and http on loopback, for a fake.
func checkURL(name, text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || !u.IsAbs() || u.Hostname() == "" || !utf8.ValidString(text) || strings.Contains(text, `\`):
		return fmt.Errorf("%s is not an absolute URL", name)
	case u.User != nil || strings.Contains(text, "#"):
		return fmt.Errorf("%s has userinfo or a fragment", name)
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%s is not an https URL", name)
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// JS returns the first argument of IMP.certification for a script of one's own,
// in the page or as JSON: it has no <, >, & or line separator that could end the
// script.
func (p *LaunchParams) JS() (template.JS, error) {
	const op = "LaunchParams"
	if err := p.Validate(); err != nil {
		return "", invalid(op, err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		return "", invalid(op, errors.New("the parameters cannot be encoded"))
	}
	return template.JS(text), nil
}

// HTML returns the fragment of a page that loads iamport.js and starts the
// certification at a click, since browsers block a popup that no click asked
// for. It needs no other script, and its button is disabled until iamport.js has
// loaded or failed. When a popup is done, the page goes where the answer to
// ResultURL redirects to.
//
// If it cannot go anywhere, the button can be clicked again and fires the event
// "iamport", which bubbles and has {ok, status, result} as its detail:
//
//   - ResultURL answered without a redirect: ok and status are the answer's, and
//     result is what was posted;
//   - ResultURL gave no answer: ok is false, status 0;
//   - the window could not be opened, because iamport.js did not load or failed:
//     ok is false, status 0, and result is empty.
//
// The script stands in the page and has no nonce. Where a Content-Security-Policy
// forbids that, put [LaunchParams.JS] into a page of one's own.
func (l *Launch) HTML() (template.HTML, error) {
	const op = "Launch"
	if err := l.Validate(); err != nil {
		return "", invalid(op, err)
	}
	params, err := l.Params.JS()
	if err != nil {
		return "", err
	}
	var page strings.Builder
	err = launchPage.Execute(&page, map[string]any{
		"Script": orDefault(l.ScriptURL, defaultScriptURL), "Button": orDefault(l.ButtonText, "본인인증"),
		"UserCode": l.UserCode, "Tier": l.Tier, "Params": params, "ResultURL": l.ResultURL, "RedirectURL": l.Params.RedirectURL,
	})
	if err != nil {
		return "", invalid(op, errors.New("the page cannot be written"))
	}
	return template.HTML(page.String()), nil
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

var launchPage = template.Must(template.New("launch").Parse(`<button type="button" disabled>{{.Button}}</button>
<script src="{{.Script}}"></script>
<script>
(function (button) {
  var resultURL = {{.ResultURL}}, redirectURL = {{.RedirectURL}};
  function tell(ok, status, result) {
    button.disabled = false;
    button.dispatchEvent(new CustomEvent("iamport", {bubbles: true, detail: {ok: ok, status: status, result: result}}));
  }
  function come(rsp) {
    var result = {};
    ["imp_uid", "merchant_uid", "success", "error_code", "error_msg"].forEach(function (name) {
      if (rsp[name] !== undefined && rsp[name] !== null) { result[name] = rsp[name]; }
    });
    if (!resultURL) {
      var back = new URL(redirectURL);
      Object.keys(result).forEach(function (name) { back.searchParams.set(name, result[name]); });
      location.assign(back.href);
      return;
    }
    fetch(resultURL, {
      method: "POST", credentials: "same-origin",
      headers: {"Content-Type": "application/json"}, body: JSON.stringify(result)
    }).then(function (answer) {
      if (answer.redirected) { location.assign(answer.url); } else { tell(answer.ok, answer.status, result); }
    }, function () { tell(false, 0, result); });
  }
  button.addEventListener("click", function () {
    button.disabled = true;
    try {
      {{if .Tier}}IMP.agency({{.UserCode}}, {{.Tier}});{{else}}IMP.init({{.UserCode}});{{end}}
      IMP.certification({{.Params}}, come);
    } catch (failed) {
      tell(false, 0, {});
    }
  });
  window.addEventListener("pageshow", function (shown) {
    if (shown.persisted) { button.disabled = false; }
  });
  button.disabled = false; // a click before this point would have done nothing
})(document.currentScript.previousElementSibling.previousElementSibling);
</script>
`))
