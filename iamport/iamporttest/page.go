package iamporttest

// pageContent fills the frame of package fake.
const pageContent = `
{{define "vendor"}}Iamport{{end}}

{{define "title"}}{{if eq .State "open"}}Certify yourself{{else}}Certification{{end}} (fake){{end}}

{{define "content"}}
{{if eq .State "unknown"}}
<h1>There is no such certification</h1>
<p>Check the address, or begin again.</p>
{{else if eq .State "refused"}}
<h1>IMP.certification was refused</h1>
<p class="alert" role="alert">{{.Alert}}</p>
<p>The page that led here called it with what Iamport would not take. Correct the call and begin again.</p>
{{else if eq .State "ended"}}
<h1>Thank you</h1>
<p>You can close this page.</p>
{{else if eq .State "closed"}}
<h1>Nothing is to be done here</h1>
<p>This certification is over.</p>
{{template "certification" .}}
{{else}}
<h1>Certify yourself</h1>
<p>A carrier would ask for your name, birthday and a code on your phone. Here you say who you are, and how it ends.</p>
{{template "certification" .}}
{{with .Alert}}<p class="alert" role="alert">{{.}}</p>{{end}}
<form method="post">
<fieldset>
<legend>Who you are</legend>
<div class="fields">
<div><label for="name">Name</label>
<input id="name" name="name" value="{{.Person.Name}}" autocomplete="off"></div>
<div><label for="birthday">Birthday</label>
<input id="birthday" name="birthday" type="date" value="{{.Person.Birthday}}" autocomplete="off"></div>
<div><label for="gender">Gender</label>
<select id="gender" name="gender">
<option value="">not told</option>
<option value="female"{{if eq .Person.Gender "female"}} selected{{end}}>female</option>
<option value="male"{{if eq .Person.Gender "male"}} selected{{end}}>male</option>
</select></div>
<div><label for="nationality">Nationality</label>
<select id="nationality" name="nationality">
<option value="korean">Korean</option>
<option value="foreign"{{if .Person.Foreigner}} selected{{end}}>foreign</option>
</select></div>
<div><label for="phone">Phone</label>
<input id="phone" name="phone" type="tel" value="{{.Person.Phone}}" autocomplete="off"></div>
<div><label for="carrier">Carrier</label>
<select id="carrier" name="carrier">
{{range .Carriers}}<option value="{{.}}"{{if eq . $.Person.Carrier}} selected{{end}}>{{or . "not told"}}</option>
{{end}}</select></div>
</div>
</fieldset>
<fieldset>
<legend>How it ends</legend>
<div class="choice">
<button class="main" name="outcome" value="pass">Pass</button>
</div>
<div class="choice pair">
<div class="fields">
<div><label for="errorCode">Error code</label>
<input id="errorCode" name="errorCode" value="{{.ErrorCode}}" autocomplete="off"></div>
<div><label for="errorMsg">Error message</label>
<input id="errorMsg" name="errorMsg" value="{{.ErrorMsg}}" autocomplete="off"></div>
</div>
<button name="outcome" value="fail">Fail</button>
</div>
<div class="choice">
<button name="outcome" value="leave" aria-describedby="leaveHint">Walk away</button>
<p class="hint" id="leaveHint">Goes back without a result: the certification stays unfinished.</p>
</div>
</fieldset>
</form>
{{end}}
{{with .Popup}}
<div id="outcome" data-state="{{.State}}" data-rsp="{{.RSP}}" data-target="{{.Target}}"{{if .Close}} data-close{{end}} hidden></div>
<script src="` + windowScriptPath + `"></script>
{{end}}
{{end}}

{{define "certification"}}
<dl>
<dt>imp_uid</dt><dd>{{.ImpUID}}</dd>
<dt>merchant_uid</dt><dd>{{.MerchantUID}}</dd>
{{with .MinAge}}<dt>Minimum age</dt><dd>{{.}} full years</dd>{{end}}
</dl>
{{end}}
`
