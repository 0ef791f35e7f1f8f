package report

// Cell is one combination that was tried.
type Cell struct{ Target, Hook, Door, Client string }

// Tried notes what came of a combination: an empty why means that a file went up and came back.
func (r *Results) Tried(cell Cell, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cells == nil {
		r.cells = map[Cell]string{}
	}
	r.cells[cell] = why
}
