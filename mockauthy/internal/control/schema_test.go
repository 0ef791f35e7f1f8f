package control

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/mockapi"
)

type refusal = mockapi.Error

// schemas makes JSON schemas out of Go types. Answers are described strictly, requests with what
// may be left out.
type schemas struct {
	t        *testing.T
	comments map[string]string // "Rule.After" -> what its comment says
	made     map[string]any
}

func (s *schemas) response(v any) any { return s.of(reflect.TypeOf(v), false) }

func (s *schemas) request(v any) any { return s.of(reflect.TypeOf(v), true) }

func (s *schemas) of(t reflect.Type, request bool) any {
	text := map[string]any{"type": "string"}
	switch t {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[mockapi.Duration]():
		return map[string]any{"type": "string", "description": "a duration as Go writes it",
			"examples": []string{"90s", "250ms"}}
	case reflect.TypeFor[mockapi.UserRef]():
		if request {
			return map[string]any{"anyOf": []any{text, map[string]any{"type": "integer"}}}
		}
		return text
	case reflect.TypeFor[mockapi.CountryCode]():
		if request {
			return map[string]any{"anyOf": []any{map[string]any{"type": "integer"}, text}}
		}
		return map[string]any{"type": "integer"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem(), request)
	case reflect.String:
		return text
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64, reflect.Uint8, reflect.Uint16:
		return map[string]any{"type": "integer"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem(), request)}
	case reflect.Map:
		return map[string]any{"type": "object"}
	case reflect.Interface:
		return map[string]any{}
	case reflect.Struct:
		return s.object(t, request)
	}
	s.t.Fatalf("no schema for %v", t)
	return nil
}

// object makes a struct a schema with a name, once, and returns a reference to it.
func (s *schemas) object(t reflect.Type, request bool) any {
	name := nameOf(t, request)
	ref := map[string]any{"$ref": "#/components/schemas/" + name}
	if strings.HasPrefix(t.Name(), "List[") {
		return s.fields(t, name, request)
	}
	if s.made[name] == nil {
		s.made[name] = true // types that hold themselves would not end
		s.made[name] = s.fields(t, name, request)
	}
	return ref
}

func (s *schemas) fields(t reflect.Type, name string, request bool) any {
	properties, must := map[string]any{}, required(name)
	for _, f := range reflect.VisibleFields(t) {
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || tag == "-" || !f.IsExported() {
			continue
		}
		schema := s.of(f.Type, request)
		if names := enums[owner(t, f)+"."+f.Name]; names != nil {
			schema = map[string]any{"type": "string", "enum": names()}
		}
		optional := strings.Contains(options, "omit")
		if f.Type.Kind() == reflect.Pointer && !optional && !request {
			schema = map[string]any{"anyOf": []any{schema, map[string]any{"type": "null"}}}
		}
		if comment := s.comments[owner(t, f)+"."+f.Name]; comment != "" {
			if m, ok := schema.(map[string]any); ok && m["$ref"] == nil {
				m["description"] = comment
			}
		}
		properties[tag] = schema
		if !request && !optional {
			must = append(must, tag)
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(must) > 0 {
		out["required"] = must
	}
	if comment := s.comments[t.Name()]; comment != "" {
		out["description"] = comment
	}
	return out
}

// enums are the fields that hold one of a list of names.
var enums = map[string]func() []string{"Effect.Kind": mockapi.Kinds, "Match.Endpoint": mockapi.Endpoints}

// owner is the name of the struct that a field, maybe of an embedded one, is written in.
func owner(t reflect.Type, f reflect.StructField) string {
	for _, i := range f.Index[:len(f.Index)-1] {
		t = t.Field(i).Type
	}
	return t.Name()
}

// nameOf is what the document calls a type: as package mockapi does, with another name for requests
// where both exist.
func nameOf(t reflect.Type, request bool) string {
	name := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
	switch name {
	case "NewUser":
		if !request {
			return "StateUser"
		}
	case "Rule":
		if request {
			return "NewRule"
		}
	case "Settings":
		if request {
			return "SettingsPatch"
		}
	}
	if request && !strings.HasPrefix(name, "New") && !strings.HasSuffix(name, "Patch") &&
		!strings.HasSuffix(name, "Change") {
		return name + "Input"
	}
	return name
}

var link = regexp.MustCompile(`\[\*?([A-Z][\w.]*)\]`)

// comments reads what the Go source in these folders says of types and fields.
func comments(t *testing.T, folders ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	clean := func(groups ...*ast.CommentGroup) string {
		for _, g := range groups {
			if text := strings.Join(strings.Fields(g.Text()), " "); text != "" {
				return link.ReplaceAllString(text, "$1")
			}
		}
		return ""
	}
	for _, folder := range folders {
		names, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, source,
				parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				g, ok := d.(*ast.GenDecl)
				if !ok || g.Tok != token.TYPE {
					continue
				}
				for _, spec := range g.Specs {
					spec := spec.(*ast.TypeSpec)
					if spec.Assign != 0 { // an alias
						continue
					}
					out[spec.Name.Name] = clean(spec.Doc, g.Doc)
					if st, ok := spec.Type.(*ast.StructType); ok {
						for _, f := range st.Fields.List {
							for _, n := range f.Names {
								out[spec.Name.Name+"."+n.Name] = clean(f.Doc, f.Comment)
							}
						}
					}
				}
			}
		}
	}
	return out
}
