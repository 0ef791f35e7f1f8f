package doctor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
)

// object is an object of JSON, written with its names in their order.
type object map[string]any

// WriteSARIF writes the report as SARIF 2.1.0 (an OASIS standard), for what collects the findings
// of scanners: a rule for each check, a result for each finding, and a notification for each reason
// why something was not seen. version is that of the program.
func (r Report) WriteSARIF(w io.Writer, version string) error {
	rules, unseen, results := []object{}, []object{}, []object{}
	for _, c := range r.Checks {
		rules = append(rules, object{"id": c.ID, "shortDescription": object{"text": c.About}})
		for _, reason := range c.NotSeen {
			unseen = append(unseen, object{"level": "warning", "message": object{"text": "not seen: " + reason},
				"associatedRule": object{"id": c.ID}})
		}
	}
	for _, f := range r.Findings {
		results = append(results, f.sarif())
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(object{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []object{{
			"tool":        object{"driver": object{"name": "authyctl doctor", "version": version, "rules": rules}},
			"invocations": []object{{"executionSuccessful": true, "toolExecutionNotifications": unseen}},
			"results":     results,
		}},
	})
}

// sarif returns the finding as a result. Its level says what the word of the text says. GitHub
// takes only results that stand in a line of a file, and tells them apart by the hash of the line.
// Ours are about a server, so that the file is a name for it, and the hash is that of the finding.
func (f Finding) sarif() object {
	text := f.Where + ": " + f.What
	if f.Line != "" {
		text += "\n\nchange: " + f.Line
	}
	hash := sha256.Sum256([]byte(f.ID + "\n" + f.Where + "\n" + f.What))
	result := object{
		"ruleId":  f.ID,
		"level":   map[string]string{wordFail: "error", wordWarn: "warning", wordNote: "note"}[f.Severity.word()],
		"message": object{"text": text},
		"locations": []object{{
			"physicalLocation": object{"artifactLocation": object{"uri": "sftpgo"}, "region": object{"startLine": 1}},
			"logicalLocations": []object{{"fullyQualifiedName": f.Where}},
		}},
		"partialFingerprints": object{"primaryLocationLineHash": hex.EncodeToString(hash[:16])},
		"properties":          object{"severity": f.Severity},
	}
	if f.Change != nil {
		result["properties"] = object{"severity": f.Severity, "change": f.Change}
	}
	return result
}
