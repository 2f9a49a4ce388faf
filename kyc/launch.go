package kyc

import "html/template"

// A Launcher is a Provider whose vendor starts in the application's own page
// instead of at a URL.
type Launcher interface {
	// Launch returns the fragment of HTML that starts the check. It does no
	// I/O.
	Launch(check *Check) (template.HTML, error)
}

// Launch asks p's Launcher for what to put into the page. It returns
// ErrUnsupported when p has none: then send the person to check.URL.
func Launch(p Provider, check *Check) (template.HTML, error) {
	const op = "launch"
	launcher, err := optional[Launcher](p, op)
	if err != nil {
		return "", err
	}
	if err := check.Validate(p.Name()); err != nil {
		return "", err
	}
	return launcher.Launch(check)
}
