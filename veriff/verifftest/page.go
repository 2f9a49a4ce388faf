package verifftest

// pageContent fills the frame of package fake.
const pageContent = `
{{define "vendor"}}Veriff{{end}}

{{define "title"}}{{if eq .State "open"}}Verify your identity{{else}}Identity verification{{end}} (fake){{end}}

{{define "content"}}
{{if eq .State "unknown"}}
<h1>There is no such session</h1>
<p>Check the address, or ask for a new session.</p>
{{else if eq .State "ended"}}
<h1>Thank you</h1>
<p>You can close this page.</p>
{{else if eq .State "closed"}}
<h1>Nothing is to be done here</h1>
<p>You have done your part, or the session is over.</p>
{{template "session" .}}
{{else}}
<h1>Verify your identity</h1>
<p>Veriff would ask for photos of a document and a face. Here you say who the document shows, and how the check ends.</p>
{{template "session" .}}
{{with .Alert}}<p class="alert" role="alert">{{.}}</p>{{end}}
<form method="post">
<fieldset>
<legend>What the document shows</legend>
<div class="fields">
<div><label for="firstName">First name</label>
<input id="firstName" name="firstName" value="{{.Person.FirstName}}" autocomplete="off"></div>
<div><label for="lastName">Last name</label>
<input id="lastName" name="lastName" value="{{.Person.LastName}}" autocomplete="off"></div>
<div><label for="dateOfBirth">Date of birth</label>
<input id="dateOfBirth" name="dateOfBirth" type="date" value="{{.Person.DateOfBirth}}" autocomplete="off"></div>
<div><label for="documentNumber">Document number</label>
<input id="documentNumber" name="documentNumber" value="{{.Person.Document.Number}}" autocomplete="off"></div>
</div>
</fieldset>
<fieldset>
<legend>How the check ends</legend>
<div class="choice">
<button class="main" name="outcome" value="approve">Approve</button>
</div>
<div class="choice pair">
<div><label for="declineReason">Reason to decline</label>
<select id="declineReason" name="declineReason">
{{range .Decline}}<option value="{{.Code}}"{{if $.IsChosen .Code}} selected{{end}}>{{.Code}} {{.Text}}</option>
{{end}}</select></div>
<button name="outcome" value="decline">Decline</button>
</div>
<div class="choice pair">
<div><label for="resubmitReason">Reason to ask for another attempt</label>
<select id="resubmitReason" name="resubmitReason">
{{range .Resubmit}}<option value="{{.Code}}"{{if $.IsChosen .Code}} selected{{end}}>{{.Code}} {{.Text}}</option>
{{end}}</select></div>
<button name="outcome" value="resubmit">Ask again</button>
</div>
<div class="choice">
<button name="outcome" value="leave" aria-describedby="leaveHint">Walk away</button>
<p class="hint" id="leaveHint">Leaves without submitting. Veriff would wait seven days; here the session is abandoned at once.</p>
</div>
</fieldset>
</form>
{{end}}
{{end}}

{{define "session"}}
<dl>
<dt>Session</dt><dd>{{.SessionID}}</dd>
{{with .VendorData}}<dt>Vendor data</dt><dd>{{.}}</dd>{{end}}
</dl>
{{end}}
`
