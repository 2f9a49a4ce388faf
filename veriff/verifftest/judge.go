package verifftest

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// judgeCreate returns the verification object of a request for a session, in
// which every property has the type and form that is documented, or the
// refusal that the first wrong one in alphabetical order earns.
func (s *Server) judgeCreate(c *call) (map[string]any, *refusal) {
	request, no := s.judgeEnvelope(c, "verification", missing())
	if no == nil && s.settings.timestampRequired && request["timestamp"] == nil {
		no = missing()
	}
	if no == nil {
		no = s.judgeObject("verification", request, s.judgeVerification)
	}
	if no == nil && s.settings.registryChecks {
		no = judgeRegistryCheck(request)
	}
	return request, no
}

// judgeRegistryCheck refuses a request with too little to look a person up.
func judgeRegistryCheck(request map[string]any) *refusal {
	person, _ := request["person"].(map[string]any)
	address, _ := request["address"].(map[string]any)
	switch {
	case text(person["idNumber"]) == "":
		return invalid("1308", "The idNumber is missing.")
	case text(person["fullName"]) == "" && (text(person["firstName"]) == "" || text(person["lastName"]) == ""):
		return invalid("1309", "The names are missing.")
	case text(person["dateOfBirth"]) == "" && text(address["fullAddress"]) == "":
		return invalid("1310", "The dateOfBirth or the address is missing.")
	}
	return nil
}

// judgeEnvelope returns the object that is the only property of the body, or
// the refusal absent where it is missing.
func (s *Server) judgeEnvelope(c *call, name string, absent *refusal) (map[string]any, *refusal) {
	body, no := c.object()
	if no != nil {
		return nil, no
	}
	object, ok := body[name].(map[string]any)
	if !ok {
		return nil, absent
	}
	return object, s.judgeObject("", body, func(n string, _ any) *refusal {
		if n != name {
			return s.unknown(n)
		}
		return nil
	})
}

// object is the body, which must be a JSON object.
func (c *call) object() (map[string]any, *refusal) {
	if !c.isJSON() || len(c.body) == 0 {
		return nil, missing() // the vendor reads no other body
	}
	v, err := fake.DecodeJSON(c.body)
	if err != nil {
		return nil, invalidParameter("the body is not JSON")
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, missing()
	}
	return object, nil
}

// judgeObject judges v, which must be an object, property by property.
func (s *Server) judgeObject(name string, v any, property func(name string, v any) *refusal) *refusal {
	object, ok := v.(map[string]any)
	if !ok {
		return invalidParameter(name)
	}
	names := make([]string, 0, len(object))
	for n := range object {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		if no := property(n, object[n]); no != nil {
			return no
		}
	}
	return nil
}

func (s *Server) judgeList(name string, v any, element func(v any) *refusal) *refusal {
	list, ok := v.([]any)
	if !ok {
		return invalidParameter(name)
	}
	for _, e := range list {
		if no := element(e); no != nil {
			return no
		}
	}
	return nil
}

func (s *Server) unknown(name string) *refusal {
	if s.settings.unknownProperties {
		return nil
	}
	return invalidParameter(name)
}

func (s *Server) judgeVerification(name string, v any) *refusal {
	switch name {
	case "callback":
		return s.judgeCallback(v)
	case "person":
		return s.judgeObject(name, v, s.judgePerson)
	case "document":
		return s.judgeObject(name, v, s.judgeDocument)
	case "address":
		return s.judgeObject(name, v, s.texts("fullAddress"))
	case "proofOfAddress":
		return s.judgeObject(name, v, func(name string, v any) *refusal {
			if name != "acceptableTypes" {
				return s.unknown(name)
			}
			return s.judgeList(name, v, func(v any) *refusal { return s.judgeObject(name, v, s.texts("name")) })
		})
	case "consents":
		return s.judgeList(name, v, func(v any) *refusal { return s.judgeObject(name, v, s.judgeConsent) })
	case "vendorData":
		return s.judgeVendorData(v)
	case "endUserId":
		if !isUUID(text(v)) {
			return invalidParameter(name)
		}
		return nil
	case "additionalData":
		return s.judgeObject(name, v, judgeFlat)
	case "lang":
		return judgeText(name, v)
	case "features":
		return s.judgeList(name, v, judgeFeature)
	case "timestamp":
		return s.judgeTimestamp(v)
	}
	return s.unknown(name)
}

func (s *Server) judgePerson(name string, v any) *refusal {
	switch name {
	case "firstName", "lastName", "fullName", "idNumber", "phoneNumber", "email":
		return judgeText(name, v)
	case "gender":
		return judgeEnum(name, v, "M", "MALE", "F", "FEMALE")
	case "maritalStatus":
		return judgeEnum(name, v, "SINGLE", "MARRIED", "DIVORCED", "WIDOWED", "single", "married", "divorced", "widowed")
	case "isDeceased":
		return judgeBool(name, v)
	case "dateOfBirth":
		if no := judgeDate(name, v); no != nil {
			return no
		}
		if born, err := time.Parse(time.DateOnly, text(v)); err != nil || born.After(s.clock.Now()) {
			return invalid("2003", "Date of birth is not a valid date.")
		}
		return nil
	}
	return s.unknown(name)
}

func (s *Server) judgeDocument(name string, v any) *refusal {
	switch name {
	case "number":
		if no := judgeText(name, v); no != nil {
			return no
		}
		if !isDocumentNumber(text(v)) {
			return invalid("2102", "Document number may contain only characters and numbers A-Z, 0-9.")
		}
		if n := len(text(v)); s.settings.documentNumberLength && (n < 6 || n > 9) {
			return invalid("2101", "Document number must be between 6 and 9 characters.")
		}
		return nil
	case "country":
		if no := judgeText(name, v); no != nil {
			return no
		}
		if !isCountry(text(v)) {
			return invalid("2104", "Document from provided country is not supported.")
		}
		return nil
	case "type":
		if no := judgeText(name, v); no != nil {
			return no
		}
		if judgeEnum(name, v, "PASSPORT", "ID_CARD", "DRIVERS_LICENSE", "RESIDENCE_PERMIT") != nil {
			return invalid("2103", "Document type is not supported.")
		}
		return nil
	case "idCardType":
		return judgeEnum(name, v, "CC", "CE", "TI")
	case "firstIssue":
		return judgeDate(name, v)
	}
	return s.unknown(name)
}

func (s *Server) judgeConsent(name string, v any) *refusal {
	switch name {
	case "type":
		return judgeEnum(name, v, "ine", "bipa", "aadhaar")
	case "approved":
		return judgeBool(name, v)
	}
	return s.unknown(name)
}

func (s *Server) judgeCallback(v any) *refusal {
	if no := judgeText("callback", v); no != nil {
		return no
	}
	u, err := url.Parse(text(v))
	if err == nil && u.Hostname() != "" {
		if u.Scheme == "https" || u.Scheme == "http" && s.settings.loopbackCallbacks && isLoopback(u.Hostname()) {
			return nil
		}
	}
	return invalid("1302", "Only HTTPS return URLs are allowed.")
}

func (s *Server) judgeTimestamp(v any) *refusal {
	at, err := time.Parse(time.RFC3339Nano, text(v))
	if err != nil {
		return invalid("1202", "Timestamp format is incorrect. YYYY-MM-DDTHH:MM:S+Timezone Offset|Z or UTC.")
	}
	if at.Before(s.clock.Now().Add(-time.Hour)) {
		return invalid("1201", "Invalid timestamp. Timestamp must not be older than one hour.")
	}
	return nil
}

// texts judges an object that has only these properties, all of them strings.
func (s *Server) texts(names ...string) func(string, any) *refusal {
	return func(name string, v any) *refusal {
		if !slices.Contains(names, name) {
			return s.unknown(name)
		}
		return judgeText(name, v)
	}
}

func (s *Server) judgeVendorData(v any) *refusal {
	most := 1000
	if s.settings.shortVendorData {
		most = 40
	}
	t, ok := v.(string)
	if !ok {
		return invalid("1501", "Vendor data must be a string.")
	}
	if utf8.RuneCountInString(t) > most {
		return invalid("1500", fmt.Sprintf("Vendor data cannot be more than %d symbols.", most))
	}
	return nil
}

// judgeFlat refuses a property that has properties of its own.
func judgeFlat(name string, v any) *refusal {
	switch v.(type) {
	case map[string]any, []any:
		return invalidParameter(name)
	}
	return nil
}

func judgeFeature(v any) *refusal {
	if v != "selfid" {
		return invalid("1301", "Requested features are not supported.")
	}
	return nil
}

func judgeText(name string, v any) *refusal {
	if _, ok := v.(string); !ok {
		return invalidParameter(name)
	}
	return nil
}

func judgeBool(name string, v any) *refusal {
	if _, ok := v.(bool); !ok {
		return invalidParameter(name)
	}
	return nil
}

func judgeEnum(name string, v any, allowed ...string) *refusal {
	if t, ok := v.(string); !ok || !slices.Contains(allowed, t) {
		return invalidParameter(name)
	}
	return nil
}

func judgeDate(name string, v any) *refusal {
	if no := judgeText(name, v); no != nil {
		return no
	}
	if match, _ := regexp.MatchString(`^\d{4}-\d{2}-\d{2}$`, text(v)); !match {
		return invalid("1203", "Date format is incorrect. YYYY-MM-DD.")
	}
	return nil
}

func isDocumentNumber(s string) bool {
	match, _ := regexp.MatchString(`^[A-Za-z0-9]+$`, s)
	return match
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// isCountry knows the codes of ISO 3166-1 and Kosovo's.
func isCountry(code string) bool {
	return len(code) == 2 && strings.Contains(countries, " "+code+" ")
}

const countries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS" +
	" BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES" +
	" ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM" +
	" IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME" +
	" MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG" +
	" PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY" +
	" SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM" +
	" ZW XK "
