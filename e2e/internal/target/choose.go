package target

import (
	"context"
	"fmt"
	"strings"
)

// Choose returns the target of that name or, without a name, the first that can run. One that is
// asked for by name and cannot run is an error.
func Choose(ctx context.Context, name string, targets ...Target) (Target, error) {
	var names, reasons []string
	for _, one := range targets {
		names = append(names, one.Name())
		if name != "" && one.Name() != name {
			continue
		}
		err := one.Available(ctx, name != "")
		if err == nil {
			return one, nil
		}
		reasons = append(reasons, one.Name()+": "+err.Error())
	}
	if len(reasons) == 0 {
		return nil, fmt.Errorf("target %q is unknown, want one of %s", name, strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("nothing to log in to: %s", strings.Join(reasons, "; "))
}
