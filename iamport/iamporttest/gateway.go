package iamporttest

import "slices"

// A Gateway is a payment gateway that certifies persons, under the name that
// the API gives it (pg_provider).
type Gateway string

// The gateways. The merchant has a channel with each.
const (
	Danal         Gateway = "danal"          // by phone, in the window or with a code
	KCP           Gateway = "kcp_v2"         // by phone, in the window, with a code or in an app
	InicisUnified Gateway = "inicis_unified" // by a private certificate
	Inicis        Gateway = "inicis"         // by credit card
)

func gateways() []Gateway { return []Gateway{Danal, KCP, InicisUnified, Inicis} }

func (g Gateway) known() bool { return slices.Contains(gateways(), g) }

// ChannelKeyOf is the random key of the merchant's channel with a gateway,
// empty for an unknown one.
func (s *Server) ChannelKeyOf(g Gateway) string { return s.channels[g] }

// channel is the gateway that a channel key leads to.
func (s *Server) channel(key string) (g Gateway, ok bool) {
	for g, k := range s.channels {
		if k == key {
			return g, true
		}
	}
	return "", false
}

// defaultMID is the merchant's id with a gateway unless WithMID says otherwise.
func defaultMID(g Gateway) string {
	switch g {
	case Danal:
		return "A000000000"
	case KCP:
		return "AO000"
	case InicisUnified:
		return "MIIiasFake"
	default:
		return "INIfake000"
	}
}

func (s *Server) mid(g Gateway) string {
	if mid := s.settings.mids[g]; mid != "" {
		return mid
	}
	return defaultMID(g)
}
