package main

import (
	"fmt"
	"slices"
)

// figures are measurements of one thing, one from each round.
type figures []float64

// at returns the value below which the share of the figures lies, between two of them in
// proportion. There must be some.
func (f figures) at(share float64) float64 {
	sorted := slices.Sorted(slices.Values(f))
	place := share * float64(len(sorted)-1)
	low := int(place)
	if low == len(sorted)-1 {
		return sorted[low]
	}
	return sorted[low] + (place-float64(low))*(sorted[low+1]-sorted[low])
}

// median is the figure in the middle.
func (f figures) median() float64 { return f.at(0.5) }

// over divides round by round: what a machine was busy with in a round hits both and drops out.
func (f figures) over(g figures) (figures, error) {
	if len(f) != len(g) || len(f) == 0 {
		return nil, fmt.Errorf("%d figures over %d: want as many, and some", len(f), len(g))
	}
	ratios := make(figures, len(f))
	for i := range f {
		if g[i] <= 0 {
			return nil, fmt.Errorf("figure %d is %g: want above 0", i, g[i])
		}
		ratios[i] = f[i] / g[i]
	}
	return ratios, nil
}

// spread shows the median and, in brackets, where the middle half of the figures lies.
func (f figures) spread() string {
	return fmt.Sprintf("%.2f (%.2f to %.2f)", f.median(), f.at(0.25), f.at(0.75))
}
