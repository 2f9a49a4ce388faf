// Package iamportkyc makes Iamport a kyc.Provider.
package iamportkyc
