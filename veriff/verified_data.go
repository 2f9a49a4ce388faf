package veriff

// AdditionalVerifiedData is what integrations with further checks get. Which
// of it is there depends on the integration; it is often {}. Document 003 also
// has in it what was verified of the session's own AdditionalData, under keys
// of the integration's: those are in [Decision.Meta] alone.
type AdditionalVerifiedData struct {
	DriversLicenseNumber Text `json:"driversLicenseNumber,omitzero"`
	// The licence's categories, such as "B": held, from when and until when.
	DriversLicenseCategory      map[string]Tristate `json:"driversLicenseCategory,omitzero"`
	DriversLicenseCategoryFrom  map[string]Date     `json:"driversLicenseCategoryFrom,omitzero"`
	DriversLicenseCategoryUntil map[string]Date     `json:"driversLicenseCategoryUntil,omitzero"`

	// EstimatedAge is in years, read from the face.
	EstimatedAge Number `json:"estimatedAge,omitzero"`
	// EstimatedGender runs from 0, male, to 1, female.
	EstimatedGender Number `json:"estimatedGender,omitzero"`
	ProcessNumber   Text   `json:"processNumber,omitzero"`

	CPFValidation        CPFValidation        `json:"cpfValidation,omitzero"`
	INEBiometricRegistry INEBiometricRegistry `json:"ineBiometricRegistryValidation,omitzero"`
	RegistryValidation   RegistryValidation   `json:"registryValidation,omitzero"`
	ProofOfAddress       ProofOfAddress       `json:"proofOfAddress,omitzero"`
	ValidationResults    []ValidationResult   `json:"validationResults,omitzero"`
}

// CPFValidation is a check against Brazil's register of taxpayers.
type CPFValidation struct {
	Status      Text `json:"status,omitzero"`
	CPFNumber   Text `json:"cpfNumber,omitzero"`
	Name        Text `json:"name,omitzero"`
	DateOfBirth Date `json:"dateOfBirth,omitzero"`
	YearOfDeath Text `json:"yearOfDeath,omitzero"`
}

// INEBiometricRegistry is a comparison with Mexico's register of voters.
type INEBiometricRegistry struct {
	FaceMatch           Tristate `json:"faceMatch,omitzero"`
	FaceMatchPercentage Number   `json:"faceMatchPercentage,omitzero"`
	ResponseStatus      Text     `json:"responseStatus,omitzero"`
}

// RegistryValidation is a check against a country's register.
type RegistryValidation struct {
	CountryRegistry    Text     `json:"countryRegistry,omitzero"`
	RegistryName       Text     `json:"registryName,omitzero"`
	FullNameSimilarity Number   `json:"fullNameSimilarity,omitzero"`
	DocumentValid      Tristate `json:"documentValid,omitzero"`
	PersonIsAlive      Tristate `json:"personIsAlive,omitzero"`
}

// ProofOfAddress is what a proof of address showed.
type ProofOfAddress struct {
	NameMatch           Tristate            `json:"nameMatch,omitzero"`
	NameMatchPercentage Number              `json:"nameMatchPercentage,omitzero"`
	DocumentType        Text                `json:"documentType,omitzero"`
	Fraud               ProofOfAddressFraud `json:"fraud,omitzero"`
}

// ProofOfAddressFraud is what speaks against a proof of address.
type ProofOfAddressFraud struct {
	RiskLevel         Text   `json:"riskLevel,omitzero"`
	Reason            Text   `json:"reason,omitzero"`
	ReasonDescription Text   `json:"reasonDescription,omitzero"`
	Indicators        []Text `json:"indicators,omitzero"`
}

// ValidationResult is what one register said about each piece of data.
type ValidationResult struct {
	RegistryName Text `json:"registryName,omitzero"`
	FirstName    Text `json:"firstName,omitzero"`
	LastName     Text `json:"lastName,omitzero"`
	DateOfBirth  Text `json:"dateOfBirth,omitzero"`
	Address      Text `json:"address,omitzero"`
	City         Text `json:"city,omitzero"`
	State        Text `json:"state,omitzero"`
	Zip          Text `json:"zip,omitzero"`
	IDNumber     Text `json:"idNumber,omitzero"`
}
