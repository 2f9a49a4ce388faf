module github.com/kyckit/kyckit-go/examples/bulkaudit

go 1.26.0

replace github.com/kyckit/kyckit-go => ../..

require (
	github.com/gofrs/flock v0.13.2
	github.com/schollz/progressbar/v3 v3.19.1
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect

require (
	github.com/kyckit/kyckit-go v0.0.0
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/stretchr/testify v1.12.1
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/term v0.44.0 // indirect
)
