package authyapi

import _ "embed"

//go:embed openapi.json
var openAPI []byte

// OpenAPI returns the OpenAPI 3.1 document of Authy's API as this package answers it. It is the
// caller's own.
func OpenAPI() []byte { return append([]byte(nil), openAPI...) }
