package tomoidvtest

import (
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// view is StandardKycResultView. Every key is there, always.
func (s *Server) view(status string, p Person, under passing) map[string]any {
	p.Document = shownDocument(p.Document, under)
	view := map[string]any{
		"schema_version": "kyc_result.v1",
		"status":         status,
		"completed_at":   nil,
		"person":         viewPerson(p),
		"address":        viewAddress(p.Address),
		"contact":        map[string]any{"email_address": orNull(p.Email), "phone_number": orNull(p.Phone)},
		"document":       viewDocument(p),
		"checks":         viewChecks(status, p, under.policy),
		"media":          s.viewMedia(p, under.policy),
		"process":        viewProcess(status, under.policy),
	}
	if status != statusPending {
		view["completed_at"] = timestamp(s.clock.Now())
	}
	view["field_provenance"] = viewProvenance(view, p)
	return view
}

func viewPerson(p Person) map[string]any {
	person := map[string]any{
		"full_name":     p.name(),
		"given_name":    orNull(p.GivenName),
		"family_name":   orNull(p.FamilyName),
		"date_of_birth": orNull(p.DateOfBirth),
		"sex":           orNull(p.Sex),
		"nationality":   orNull(p.Nationality),
		"government_id": nil,
	}
	if p.GovernmentID != "" {
		person["government_id"] = map[string]any{"type": nil, "value": p.GovernmentID}
	}
	variants := []any{}
	for _, v := range p.NameVariants {
		variants = append(variants, map[string]any{"kind": v.Kind, "value": v.Value})
	}
	person["name_variants"] = variants
	return person
}

func viewAddress(a Address) map[string]any {
	return map[string]any{
		"full":        orNull(a.Full),
		"street":      orNull(a.Street),
		"street2":     orNull(a.Street2),
		"city":        orNull(a.City),
		"region":      orNull(a.Region),
		"postal_code": orNull(a.PostalCode),
		"country":     orNull(a.Country),
	}
}

// shownDocument is the document that the policy asks for, where the person does
// not say otherwise.
func shownDocument(d Document, under passing) Document {
	if under.policy.SubjectKind != "document" {
		return d
	}
	fill(&d.IssuingCountry, strings.ToUpper(under.country))
	switch under.policy.IDType {
	case "id_card", "passport":
		fill(&d.Category, under.policy.IDType)
	case "residential_card":
		fill(&d.Category, "residence_card")
	}
	return d
}

func viewDocument(p Person) map[string]any {
	d := p.Document
	document := map[string]any{
		"category":         orNull(d.Category),
		"number":           orNull(d.Number),
		"issuing_country":  orNull(d.IssuingCountry),
		"issuing_region":   orNull(d.IssuingRegion),
		"expiration_date":  orNull(d.ExpirationDate),
		"extracted":        nil,
		"residence_permit": nil,
	}
	if d.Number != "" {
		document["extracted"] = map[string]any{
			"category":        orNull(d.Category),
			"date_of_birth":   orNull(p.DateOfBirth),
			"expiration_date": orNull(d.ExpirationDate),
			"family_name":     orNull(p.FamilyName),
			"given_name":      orNull(p.GivenName),
			"id_number":       orNull(d.Number),
			"issuing_country": orNull(d.IssuingCountry),
			"issuing_region":  orNull(d.IssuingRegion),
		}
	}
	if d.Category == "residence_card" || d.Category == "residence_permit_card" {
		document["residence_permit"] = nulls("card_type", "comprehensive_permission", "individual_permission", "info_type", "update_status")
	}
	return document
}

// viewChecks has the outcome of each check that the policy asks for. Which
// checks belong to which policy is a guess.
func viewChecks(status string, p Person, policy Policy) map[string]any {
	outcome := func(asked bool) string {
		switch {
		case asked && status == statusApproved:
			return "passed"
		case asked && status == statusRejected:
			return "failed"
		}
		return "not_performed"
	}
	match := func(known bool) string {
		switch {
		case known && status == statusApproved:
			return "match"
		case known && status == statusRejected:
			return "no_match"
		}
		return "not_checked"
	}
	asked := performed(policy)
	biometric := nulls("attempts", "similarity_score")
	for _, name := range []string{"outcome", "face_match", "liveness", "document_comparison"} {
		biometric[name] = outcome(asked["biometric_check"])
	}
	certificate := nulls("valid_from", "valid_to", "verified_at")
	certificate["outcome"] = outcome(policy.SubjectKind == "eid")
	source := map[string]any{"outcome": outcome(asked["data_source_check"]), "address_type": nil, "attribute_match": nil}
	if asked["data_source_check"] {
		source["attribute_match"] = map[string]any{
			"name":          match(p.name() != ""),
			"date_of_birth": match(p.DateOfBirth != ""),
			"address":       match(p.Address.Full != ""),
			"phone":         match(p.Phone != ""),
			"id_number":     match(p.Document.Number != ""),
		}
	}
	document := nulls("authenticity", "image_quality", "attempts", "data_comparison")
	document["outcome"] = outcome(asked["document_check"])
	if asked["document_check"] {
		document["data_comparison"] = map[string]any{
			"name":            match(p.name() != ""),
			"date_of_birth":   match(p.DateOfBirth != ""),
			"expiration_date": match(p.Document.ExpirationDate != ""),
			"issuing_country": match(p.Document.IssuingCountry != ""),
		}
	}
	return map[string]any{
		"biometric":          biometric,
		"certificate":        certificate,
		"data_source":        source,
		"document":           document,
		"phone_verification": map[string]any{"outcome": outcome(asked["phone_verification"]), "attempts": nil},
		"risk":               map[string]any{"outcome": "not_performed", "signals": nil},
		"watchlist":          map[string]any{"outcome": "not_performed"},
	}
}

// performed are the steps that a policy asks for, by their names in process.
func performed(p Policy) map[string]bool {
	return map[string]bool{
		"biometric_check":     p.OwnerType == "submitted_doc_selfie_match",
		"data_source_check":   slices.Contains([]string{"government_id_verf", "personal_info_verf", "government_ci_verf"}, p.Method),
		"document_check":      p.Method == "" || strings.HasPrefix(p.Method, "document_"),
		"phone_verification":  p.OwnerType == "sms_otp",
		"risk_check":          false,
		"terms_acceptance":    true,
		"watchlist_screening": false,
	}
}

func viewProcess(status string, p Policy) map[string]any {
	steps := make(map[string]any)
	for name, asked := range performed(p) {
		steps[name] = nil
		if asked && (status == statusApproved || status == statusRejected) {
			steps[name] = "completed"
		}
	}
	return map[string]any{"steps": steps}
}

// viewMedia has addresses that lead to this server and to nothing there.
func (s *Server) viewMedia(p Person, policy Policy) []any {
	media := []any{}
	if policy.SubjectKind != "document" || p.name() == "" {
		return media
	}
	kinds := []string{"document_front", "portrait"}
	if performed(policy)["biometric_check"] {
		kinds = append(kinds, "selfie_image")
	}
	for _, kind := range kinds {
		media = append(media, map[string]any{"kind": kind, "url": s.URL + "/media/" + fake.NewUUID()})
	}
	return media
}

// viewProvenance tells which fields are null, and which were made of others.
func viewProvenance(view map[string]any, p Person) map[string]any {
	missing := []any{}
	for _, field := range []struct{ name, object, member string }{
		{"family_name", "person", "family_name"},
		{"given_name", "person", "given_name"},
		{"date_of_birth", "person", "date_of_birth"},
		{"sex", "person", "sex"},
		{"nationality", "person", "nationality"},
		{"government_id", "person", "government_id"},
		{"full_address", "address", "full"},
		{"street", "address", "street"},
		{"city", "address", "city"},
		{"region", "address", "region"},
		{"postal_code", "address", "postal_code"},
		{"email_address", "contact", "email_address"},
		{"phone_number", "contact", "phone_number"},
		{"document_category", "document", "category"},
		{"document_number", "document", "number"},
		{"document_issuing_country", "document", "issuing_country"},
		{"document_issuing_region", "document", "issuing_region"},
		{"document_expiration_date", "document", "expiration_date"},
	} {
		if view[field.object].(map[string]any)[field.member] == nil {
			missing = append(missing, field.name)
		}
	}
	derived := []any{}
	if p.FullName == "" && p.name() != "" {
		derived = append(derived, "full_name")
	}
	return map[string]any{"derived_fields": derived, "missing_fields": missing, "not_collected_fields": []any{}}
}

func nulls(names ...string) map[string]any {
	object := make(map[string]any, len(names)+4)
	for _, name := range names {
		object[name] = nil
	}
	return object
}
