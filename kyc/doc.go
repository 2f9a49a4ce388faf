// Package kyc is one way to verify people through any vendor.
package kyc
