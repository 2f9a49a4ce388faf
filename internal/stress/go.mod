module github.com/kyckit/kyckit-go/internal/stress

go 1.26.0

require (
	github.com/kyckit/kyckit-go v0.0.0
	github.com/stretchr/testify v1.12.1
	go.uber.org/goleak v1.3.0
)

require (
	github.com/golang-jwt/jwt/v5 v5.3.1 // indirect
	github.com/google/go-querystring v1.2.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)

replace github.com/kyckit/kyckit-go => ../..
