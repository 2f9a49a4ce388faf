package veriff

// Person is the person as Veriff verified them, mostly read from the document.
type Person struct {
	FirstName string `json:"firstName,omitzero"`
	LastName  string `json:"lastName,omitzero"`
	FullName  string `json:"fullName,omitzero"`
	// DateOfBirth is YYYY-MM-DD; YearOfBirth is there where only it is known.
	DateOfBirth Date `json:"dateOfBirth,omitzero"`
	YearOfBirth Text `json:"yearOfBirth,omitzero"`
	// IDNumber is the national identification number.
	IDNumber string `json:"idNumber,omitzero"`
	// Gender is M, F or "" for null.
	Gender Gender `json:"gender,omitzero"`
	// Nationality is ISO 3166-1 alpha-2. Citizenship is null today.
	Nationality  string    `json:"nationality,omitzero"`
	Citizenship  string    `json:"citizenship,omitzero"`
	PlaceOfBirth string    `json:"placeOfBirth,omitzero"`
	Addresses    []Address `json:"addresses,omitzero"`

	Occupation      Text `json:"occupation,omitzero"`
	Employer        Text `json:"employer,omitzero"`
	ForeignerStatus Text `json:"foreignerStatus,omitzero"`
	ExtraNames      Text `json:"extraNames,omitzero"`
	Title           Text `json:"title,omitzero"`
	EyeColor        Text `json:"eyeColor,omitzero"`
	HairColor       Text `json:"hairColor,omitzero"`
	Height          Text `json:"height,omitzero"`
	Weight          Text `json:"weight,omitzero"`
	// IFEIdentifier, INEIdentifier and ElectorNumber are Mexican.
	IFEIdentifier Text `json:"ifeIdentifier,omitzero"`
	INEIdentifier Text `json:"ineIdentifier,omitzero"`
	ElectorNumber Text `json:"electorNumber,omitzero"`
	// PEPSanctionMatch is to be ignored, by Veriff's own words.
	PEPSanctionMatch Text `json:"pepSanctionMatch,omitzero"`
}

// Address is an address as read from a document or proof of address.
type Address struct {
	FullAddress   string        `json:"fullAddress,omitzero"`
	ParsedAddress ParsedAddress `json:"parsedAddress,omitzero"`
}

// ParsedAddress is an address in parts. A part that Veriff writes as the
// string "null" is "".
type ParsedAddress struct {
	Street      Text `json:"street,omitzero"`
	HouseNumber Text `json:"houseNumber,omitzero"`
	Unit        Text `json:"unit,omitzero"`
	City        Text `json:"city,omitzero"`
	State       Text `json:"state,omitzero"`
	Postcode    Text `json:"postcode,omitzero"`
	Country     Text `json:"country,omitzero"`
}
