package main

import (
	"context"
	"fmt"
	"io"
)

// cell is one number of the table of logins.
type cell struct {
	form    form
	clients int
	kind    kind
}

// rounds measures every cell once a round. The first round only warms up.
func (b *bench) rounds(ctx context.Context, out io.Writer) (map[cell]figures, error) {
	rates := map[cell]figures{}
	for round := range b.options.rounds + 1 {
		if err := renew(b.programs); err != nil {
			return nil, err
		}
		for _, f := range forms() {
			for _, clients := range []int{1, severalClients} {
				measured, err := b.measure(ctx, f, clients, round, kinds[:])
				if err != nil {
					return nil, err
				}
				for k, rate := range measured {
					if c := (cell{f, clients, k}); round > 0 {
						rates[c] = append(rates[c], rate)
					}
				}
			}
		}
		if round > 0 {
			fmt.Fprintf(out, "round %d of %d\n", round, b.options.rounds)
		}
	}
	return rates, nil
}

// turn returns the n-th of so many in a round: forwards from another one each time, and backwards
// in every other round.
func turn(n, round, of int) int {
	if round%2 == 1 {
		n = of - 1 - n
	}
	return (n + round/2) % of
}
