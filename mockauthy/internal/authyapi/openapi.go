package authyapi

import _ "embed"

//go:embed openapi.json
var openAPI []byte

// OpenAPI returns the OpenAPI 3.1 document of Authy's API as this package answers it. The caller
// may change the returned slice.
func OpenAPI() []byte { return append([]byte(nil), openAPI...) }
