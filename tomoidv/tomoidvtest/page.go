package tomoidvtest

// pageContent fills the frame of package fake.
const pageContent = `
{{define "vendor"}}TomoIDV{{end}}

{{define "title"}}{{if eq .State "open"}}Verify your identity{{else}}Identity verification{{end}} (fake){{end}}

{{define "content"}}
{{if eq .State "unknown"}}
<h1>There is no such check</h1>
<p>Check the address, or begin again.</p>
{{else if eq .State "ended"}}
<h1>Thank you</h1>
<p>You can close this page.</p>
{{else if eq .State "closed"}}
<h1>Nothing is to be done here</h1>
<p>You have done your part, or the check is over.</p>
{{template "check" .}}
{{else}}
<h1>Verify your identity</h1>
<p>TomoIDV would ask for what the policy wants: a document, a face, a code. Here you say who you are, and how the check ends.</p>
{{template "check" .}}
{{with .Alert}}<p class="alert" role="alert">{{.}}</p>{{end}}
<form method="post">
<fieldset>
<legend>Who you are</legend>
<div class="fields">
<div><label for="fullName">Full name</label>
<input id="fullName" name="fullName" value="{{.Person.FullName}}" autocomplete="off"></div>
<div><label for="otherName">Name in another script</label>
<input id="otherName" name="otherName" value="{{.OtherName}}" autocomplete="off"></div>
<div><label for="dateOfBirth">Date of birth</label>
<input id="dateOfBirth" name="dateOfBirth" type="date" value="{{.Person.DateOfBirth}}" autocomplete="off"></div>
<div><label for="documentNumber">Document number</label>
<input id="documentNumber" name="documentNumber" value="{{.Person.Document.Number}}" autocomplete="off"></div>
{{if .AsksEmail}}<div><label for="email">Email</label>
<input id="email" name="email" type="email" value="{{.Person.Email}}" autocomplete="off"></div>
{{end}}</div>
</fieldset>
<fieldset>
<legend>How the check ends</legend>
<div class="choice">
<button class="main" name="outcome" value="pass">Pass</button>
</div>
<div class="choice">
<button name="outcome" value="review" aria-describedby="reviewHint">Send to review</button>
<p class="hint" id="reviewHint">A human decides later: the check is pending_review until the program that runs this server passes or fails it.</p>
</div>
<div class="choice">
<button name="outcome" value="fail" aria-describedby="failHint">Fail</button>
<p class="hint" id="failHint">The check is rejected.</p>
</div>
<div class="choice">
<button name="outcome" value="cancel" aria-describedby="cancelHint">Cancel</button>
<p class="hint" id="cancelHint">You refuse to go on: the check is canceled for good.</p>
</div>
<div class="choice">
<button name="outcome" value="leave" aria-describedby="leaveHint">Walk away</button>
<p class="hint" id="leaveHint">Goes back without a result: the check stays open, and you can come back to this page.</p>
</div>
</fieldset>
</form>
{{end}}
{{end}}

{{define "check"}}
<dl>
<dt>User</dt><dd>{{.UserID}}</dd>
<dt>Policy</dt><dd>{{.PolicyKey}}</dd>
<dt>Environment</dt><dd>{{.Environment}}</dd>
</dl>
{{end}}
`
