package mockapi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryFieldIsDocumented: by a comment of its own, or by one above that names it.
func TestEveryFieldIsDocumented(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if st, ok := spec.Type.(*ast.StructType); ok && spec.Name.IsExported() {
				above := ""
				for _, f := range st.Fields.List {
					fields++
					if f.Doc != nil {
						above = f.Doc.Text()
					}
					for _, field := range f.Names {
						if f.Doc == nil && f.Comment == nil && !strings.Contains(above, field.Name) {
							t.Errorf("%s: %s.%s has no comment", name, spec.Name.Name, field.Name)
						}
					}
				}
			}
			return true
		})
	}
	if fields < 150 {
		t.Errorf("looked at %d fields: the test looks in the wrong place", fields)
	}
}
