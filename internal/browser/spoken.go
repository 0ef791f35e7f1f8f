package browser

import (
	"context"
	"encoding/json"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// Spoken is one thing on a page as a screen reader meets it: "button", "Add user".
type Spoken struct{ Role, Name string }

// Spoken returns what a screen reader finds on the page, in order.
func (w *Window) Spoken() []Spoken {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	w.must(err)
	var all []Spoken
	for _, node := range tree.Nodes {
		if !node.Ignored {
			all = append(all, Spoken{Role: text(node.Role), Name: text(node.Name)})
		}
	}
	return all
}

func text(value *accessibility.Value) string {
	var text string
	if value == nil || json.Unmarshal(value.Value, &text) != nil {
		return ""
	}
	return text
}
