package iamport

// Gateway is a payment gateway that certifies persons (pg_provider). The list
// is open: a value without a constant is an ordinary Gateway that is not Known;
// so with every type of this file.
type Gateway string

const (
	// GatewayDanal certifies by mobile phone.
	GatewayDanal Gateway = "danal"
	// GatewayInicisUnified is KG Inicis' unified certification: Kakao, Naver,
	// PASS and other private certificates.
	GatewayInicisUnified Gateway = "inicis_unified"
	// GatewayInicis certifies by credit card, as document 000 describes it. It
	// takes no new contracts.
	GatewayInicis Gateway = "inicis"
	// GatewayKCP is NHN KCP's new module, which certifies by mobile phone.
	GatewayKCP Gateway = "kcp_v2"
)

// Known reports whether g is one of the constants.
func (g Gateway) Known() bool {
	switch g {
	case GatewayDanal, GatewayInicisUnified, GatewayInicis, GatewayKCP:
		return true
	}
	return false
}

// Gender is a person's gender.
type Gender string

// The genders that Iamport names.
const (
	GenderMale   Gender = "male"
	GenderFemale Gender = "female"
)

// Known reports whether g is one of the constants.
func (g Gender) Known() bool { return g == GenderMale || g == GenderFemale }

// Carrier is a mobile carrier in the REST API. IMP.certification has other
// names for the same, see [WindowCarrier].
type Carrier string

const (
	// CarrierSKT is SK Telecom.
	CarrierSKT Carrier = "SKT"
	// CarrierKT is KT.
	CarrierKT Carrier = "KT"
	// CarrierLGT is LG U+.
	CarrierLGT Carrier = "LGT"
	// CarrierSKTMVNO is a virtual operator on SKT's network; like the two below
	// it occurs in results only.
	CarrierSKTMVNO Carrier = "SKT_MVNO"
	// CarrierKTMVNO is a virtual operator on KT's network.
	CarrierKTMVNO Carrier = "KT_MVNO"
	// CarrierLGTMVNO is a virtual operator on LG U+'s network.
	CarrierLGTMVNO Carrier = "LGT_MVNO"
)

// Known reports whether c is one of the constants.
func (c Carrier) Known() bool {
	switch c {
	case CarrierSKT, CarrierKT, CarrierLGT, CarrierSKTMVNO, CarrierKTMVNO, CarrierLGTMVNO:
		return true
	}
	return false
}

// WindowCarrier is a mobile carrier in IMP.certification, where KT is KTF: with
// the REST API's "KT", Danal fails (its error 9010).
type WindowCarrier string

const (
	// WindowCarrierSKT is SK Telecom.
	WindowCarrierSKT WindowCarrier = "SKT"
	// WindowCarrierKTF is KT.
	WindowCarrierKTF WindowCarrier = "KTF"
	// WindowCarrierLGT is LG U+.
	WindowCarrierLGT WindowCarrier = "LGT"
	// WindowCarrierMVNO is any virtual operator.
	WindowCarrierMVNO WindowCarrier = "MVNO"
)

// Known reports whether c is one of the constants.
func (c WindowCarrier) Known() bool {
	switch c {
	case WindowCarrierSKT, WindowCarrierKTF, WindowCarrierLGT, WindowCarrierMVNO:
		return true
	}
	return false
}

// VerificationMethod is how KCP has a person prove who they are.
type VerificationMethod string

const (
	// VerificationMethodSMS sends a code by SMS.
	VerificationMethodSMS VerificationMethod = "SMS"
	// VerificationMethodApp asks in the carriers' PASS app; no code is typed.
	VerificationMethodApp VerificationMethod = "APP"
)

// Known reports whether m is one of the constants.
func (m VerificationMethod) Known() bool {
	return m == VerificationMethodSMS || m == VerificationMethodApp
}

// KCPMediaType is the kind of device on which the person is, for KCP.
type KCPMediaType string

const (
	// KCPMediaTypePC is a PC.
	KCPMediaTypePC KCPMediaType = "MC01"
	// KCPMediaTypeMobile is a mobile device.
	KCPMediaTypeMobile KCPMediaType = "MC02"
)

// Known reports whether t is one of the constants.
func (t KCPMediaType) Known() bool { return t == KCPMediaTypePC || t == KCPMediaTypeMobile }
